"""How a file is read, on the page: each guess can be changed, and pandas reads the same."""

import io
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from annlab.ui.services import Services
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.own_data_text import DECIMALS, DELIMITERS, ENCODINGS, THOUSANDS
from tests.datasets.own.reading import made_files
from tests.ui.data.data_page import columns, first_rows, open_file, wait
from tests.ui.visitor import text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

# Few enough for all rows to be among the first ones.
N_ROWS = 8
MISSING = "Texts that stand for missing cells"


def _text(header: str, row: str, above: str = "", below: str = "") -> bytes:
    """Write a file: rows with a counter k, a text of it, and one of two classes."""
    rows = [row.format(k=k, kind="ab"[k % 2], gap="?p?q"[k % 4]) for k in range(N_ROWS)]
    return "\n".join(filter(None, [above, header, *rows, below])).encode()


@dataclass(frozen=True)
class Change:
    """A guess about a file, another choice, and what pandas calls both."""

    label: str
    guess: Any
    choice: Any
    data: bytes
    # Options of pandas in both cases, as guessed, and as chosen.
    options: dict[str, Any] = field(default_factory=dict)
    guessed: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, Any] = field(default_factory=dict)


CHANGES = (
    Change(
        "Encoding",
        "utf-8",
        "cp1252",
        _text("n,größe,kind", "{k},groß {k},{kind}"),
        guessed={"encoding": "utf-8"},
        chosen={"encoding": "cp1252"},
    ),
    Change(
        "Separator",
        ";",
        ",",
        _text("n;m,kind", "{k};1,{kind}"),
        guessed={"sep": ";"},
        chosen={"sep": ","},
    ),
    Change(
        "Decimal mark",
        ",",
        ".",
        _text("n;price;kind", "{k};1,{k}25;{kind}"),
        {"sep": ";"},
        guessed={"decimal": ","},
        chosen={"decimal": "."},
    ),
    Change(
        "Thousands",
        "'",
        "",
        _text("n;price;kind", "{k};1'{k}25;{kind}"),
        {"sep": ";"},
        guessed={"thousands": "'"},
        chosen={"thousands": None},
    ),
    Change(
        "First row",
        True,
        False,
        _text("n,price,kind", "{k},1.{k},{kind}"),
        guessed={"header": 0},
        chosen={"header": None},
    ),
    Change(
        "Rows to skip above",
        0,
        1,
        _text("n,price,kind", "{k},1.{k},{kind}", above="in pieces,in euros,a or b"),
        guessed={"skiprows": 0},
        chosen={"skiprows": 1},
    ),
    Change(
        "Rows to skip below",
        0,
        1,
        _text("n,price,kind", "{k},1.{k},{kind}", below="28,11.25,a"),
        guessed={"skipfooter": 0},
        chosen={"skipfooter": 1},
    ),
    Change(
        MISSING,
        [],
        ["?"],
        _text("n,mark,kind", "{k},{gap},{kind}"),
        guessed={"na_values": [""]},
        chosen={"na_values": ["", "?"]},
    ),
)


def _control(visitor: AppTest, label: str) -> Any:
    found = [*visitor.selectbox, *visitor.number_input, *visitor.multiselect]
    return next(widget for widget in found if widget.label == label)


def _choose(visitor: AppTest, label: str, value: Any) -> None:
    wait(_control(visitor, label).set_value(value).run())


def _as_pandas_reads(change: Change, options: dict[str, Any]) -> list[list[Any]]:
    """Rows under their header; of a file without one, the rows alone."""
    options = {**change.options, **options}
    marks = {"keep_default_na": False, "na_values": [""]}
    read = pd.read_csv(io.BytesIO(change.data), engine="python", **{**marks, **options})
    header = [] if options.get("header", 0) is None else [list(read.columns)]
    return [*header, *read.astype(object).where(read.notna(), None).to_numpy().tolist()]


def _as_shown(visitor: AppTest, change: Change, options: dict[str, Any]) -> list[list[Any]]:
    header = [] if options.get("header", 0) is None else [list(columns(visitor))]
    types = [row["Type"] for row in columns(visitor).values()]
    rows = [
        [_value(text, kind) for text, kind in zip(row, types, strict=True)]
        for row in first_rows(visitor).to_numpy().tolist()
    ]
    return [*header, *rows]


def _value(text: str, kind: str) -> Any:
    return None if text == "" else float(text) if kind == "Number" else text


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.label)
def test_each_guess_can_be_changed_and_changed_back(change: Change, server: Services) -> None:
    visitor = open_file(server, change.data)
    before = _as_pandas_reads(change, change.guessed)
    after = _as_pandas_reads(change, change.chosen)
    assert before != after
    assert _control(visitor, change.label).value == change.guess
    assert _as_shown(visitor, change, change.guessed) == before
    _choose(visitor, change.label, change.choice)
    assert _control(visitor, change.label).value == change.choice
    assert _as_shown(visitor, change, change.chosen) == after
    _choose(visitor, change.label, change.guess)
    assert _as_shown(visitor, change, change.guessed) == before


def test_every_choice_is_on_offer(server: Services) -> None:
    visitor = open_file(server, CHANGES[0].data)
    offered = {
        "Encoding": ENCODINGS,
        "Separator": DELIMITERS,
        "Decimal mark": DECIMALS,
        "Thousands": THOUSANDS,
    }
    for label, texts in offered.items():
        assert _control(visitor, label).options == list(texts.values())
    expected = {*offered, *(change.label for change in CHANGES)}
    assert {name for name in expected if _control(visitor, name)} == expected


def test_one_mark_cannot_stand_for_decimals_and_thousands(server: Services) -> None:
    visitor = open_file(server, _text("n;price;kind", "{k};1.{k}25;{kind}"))
    price = columns(visitor)["price"]
    assert (price["Type"], price["Range"]) == ("Number", "1.025 to 1.725")
    _choose(visitor, "Thousands", ".")
    assert _control(visitor, "Decimal mark").value == ","
    assert columns(visitor)["price"]["Range"] == "1025 to 1725"
    _choose(visitor, "Decimal mark", ".")
    assert _control(visitor, "Thousands").value == ""
    assert columns(visitor)["price"]["Range"] == "1.025 to 1.725"


def test_marks_of_the_file_are_offered_and_others_can_be_typed(server: Services) -> None:
    visitor = open_file(server, _text("n,mark,kind", "{k},{gap},{kind}"))
    assert "“?” in 4 cells" in text_of(visitor.markdown)
    assert _control(visitor, MISSING).options == ["?"]
    assert columns(visitor)["mark"]["Missing"] == 0
    _choose(visitor, MISSING, ["?"])
    assert columns(visitor)["mark"]["Missing"] == 4
    assert "“?” in 4 cells" not in text_of(visitor.markdown)
    _choose(visitor, MISSING, ["?", " q "])
    assert _control(visitor, MISSING).value == ["?", "q"]
    mark = columns(visitor)["mark"]
    assert (mark["Missing"], mark["Distinct"]) == (6, 1)


def test_rows_that_cannot_be_read_are_named(server: Services) -> None:
    ragged = made_files.ragged()
    visitor = open_file(server, ragged)
    lines = ragged.decode().splitlines()
    # Empty cells at the end of a row are no cells.
    lengths = {n: len(row.rstrip(",").split(",")) for n, row in enumerate(lines, 1)}
    wrong = {n: length for n, length in lengths.items() if length != lengths[1]}
    assert len(wrong) == 2
    said = "; ".join(f"row {n} has {length}" for n, length in wrong.items())
    assert f"Rows left out, by their number in the file and their number of cells: {said}." in (
        text_of(visitor.caption)
    )
    rows = " and ".join(map(str, wrong))
    note = f"2 rows are left out because they have not 3 cells (rows {rows}; they have 2 to 4)."
    assert escape_markdown(note) in text_of(visitor.markdown)
    assert f"{len(lines) - 1 - len(wrong)} rows, 3 columns" in text_of(visitor.caption)
    assert not {*first_rows(visitor).index} & {*wrong}


def test_a_file_in_an_encoding_that_no_guess_finds_can_be_read(server: Services) -> None:
    # Hardly a letter of these has a zero byte in UTF-16.
    rows = [
        "长度长度长度长度,种类种类种类种类,数目",
        *(f"长度长度长度,{'甲乙'[k % 2]}种类种类种,{k}" for k in range(8)),
    ]
    visitor = open_file(server, "\n".join(rows).encode("utf-16-le"))
    assert "it has another encoding" in text_of(visitor.error)
    _choose(visitor, "Encoding", "utf-16")
    assert list(columns(visitor)) == rows[0].split(",")
    assert first_rows(visitor).to_numpy().tolist() == [row.split(",") for row in rows[1:]]


# --- sheets of a workbook ---------------------------------------------------------------------

TABLE: list[list[Any]] = [
    ["size", "price", "kind"],
    *([k % 5, 1.5 * k, "ab"[k % 2]] for k in range(N_ROWS)),
]
SHEETS: dict[str, list[list[Any]]] = {
    "Cover": [["A survey"]],
    "Data & more": TABLE,
    "Empty": [],
    "2019": [["Prices of 2019"], *TABLE[:5]],
}


def test_a_workbook_says_its_sheets_and_each_can_be_chosen(server: Services) -> None:
    data = made_files.book_of(SHEETS)
    visitor = open_file(server, data, "book.xlsx")
    assert "1 row, 1 column, sheet 1 of 3" in text_of(visitor.caption)
    assert _control(visitor, "Sheet").options == ["Cover", "Data & more", "2019"]
    assert not {"Encoding", "Separator"} & {box.label for box in visitor.selectbox}
    above = {"Data & more": 0, "2019": 1}
    for place, (sheet, n_above) in enumerate(above.items(), 2):
        _choose(visitor, "Sheet", sheet)
        assert f"3 columns, sheet {place} of 3" in text_of(visitor.caption)
        assert _control(visitor, "Sheet").value == sheet
        # Each sheet has its own guesses.
        assert _control(visitor, "First row").value is True
        assert _control(visitor, "Rows to skip above").value == n_above
        read = pd.read_excel(io.BytesIO(data), sheet_name=sheet, skiprows=n_above)
        assert list(columns(visitor)) == list(read.columns)
        shown = first_rows(visitor)
        assert shown["price"].astype(float).tolist() == read["price"].tolist()
        assert shown["kind"].tolist() == read["kind"].tolist()


def test_other_choices_hold_for_the_chosen_sheet(server: Services) -> None:
    visitor = open_file(server, made_files.book_of(SHEETS), "book.xlsx")
    _choose(visitor, "Sheet", "Data & more")
    _choose(visitor, "First row", False)
    assert _control(visitor, "Sheet").value == "Data & more"
    assert list(columns(visitor)) == ["column 1", "column 2", "column 3"]
    assert "9 rows, 3 columns, sheet 2 of 3" in text_of(visitor.caption)
    _choose(visitor, "Sheet", "2019")
    _choose(visitor, "Sheet", "Data & more")
    assert list(columns(visitor)) == TABLE[0]


def test_an_empty_first_sheet_is_passed_over(server: Services) -> None:
    visitor = open_file(server, made_files.book_of({"Cover": [], "Data": TABLE}), "book.xlsx")
    assert not visitor.error
    assert list(columns(visitor)) == TABLE[0]
    # One sheet is no choice to speak of.
    assert "sheet" not in text_of(visitor.caption)
