"""Sentences about data of one's own."""

import pytest

from annlab.datasets.own.own_data import MAX_CELLS, MAX_TARGETS, OwnColumn, OwnData
from annlab.datasets.own.reading.columns import ColumnSummary
from annlab.datasets.own.reading.describe import Reading
from annlab.datasets.own.reading.opening import MAX_FILE_BYTES
from annlab.datasets.own.recipe import Dialect
from annlab.ui.text import own_data_text as module
from annlab.ui.text.own_data_text import (
    data_set_text,
    dialect_text,
    inputs_text,
    needed_text,
    notes_of,
    shape_text,
    size_text,
    task_text,
)

HOSTILE = "<b>a</b> $x$ [l](javascript:1) :red[r] `c`"
ESCAPED = r"\<b\>a\</b\> \$x\$ \[l\]\(javascript\:1\) \:red\[r\] \`c\`"


def _own(**values: object) -> OwnData:
    usual = {
        "source": "file",
        "title": "a.csv",
        "content": "0" * 64,
        "task": "regression",
        "n_rows": 1599,
        "columns": (OwnColumn(name="x"), OwnColumn(name="c", values=("p", "q"))),
        "target_name": "price",
    }
    return OwnData.model_validate({**usual, **values})


CLASSES = {"task": "binary", "class_names": ("n", "y"), "class_counts": (599, 1000)}


def test_the_target_decides_the_task() -> None:
    assert task_text(_own(), "Regression") == (
        "**price** is a number, so networks learn to predict its value on the page Regression."
    )
    assert "has two classes" in task_text(_own(**CLASSES), "Logistic vs MLP")
    three = {"task": "multiclass", "class_names": tuple("abc"), "class_counts": (599, 500, 500)}
    assert "has 3 classes" in task_text(_own(**three), "Multiclass")


NUMBERS = {
    "task": "multioutput_regression",
    "target_name": "",
    "target_names": ("weight (lb)", "waist (in)", "pulse"),
}
LABELS = NUMBERS | {
    "task": "multilabel",
    "target_names": ("ill", "old"),
    "label_values": (("no", "yes"),) * 2,
}


def test_several_targets_decide_the_task() -> None:
    assert task_text(_own(**NUMBERS), "Several outputs") == (
        r"**weight \(lb\)**, **waist \(in\)** and **pulse** are numbers, so networks learn to "
        "predict all of them at once on the page Several outputs."
    )
    assert task_text(_own(**LABELS), "Several outputs") == (
        "**ill** and **old** are labels, so networks learn to say yes or no to each on the page "
        "Several outputs."
    )


def test_several_targets_are_named_and_counted() -> None:
    assert data_set_text(_own(**NUMBERS)) == (
        r"1,599 rows, 2 features, targets weight \(lb\), waist \(in\) and pulse (three numbers)"
    )
    assert data_set_text(_own(**LABELS)).endswith("targets ill and old (two labels)")
    names = tuple(f"t{k}" for k in range(MAX_TARGETS))
    many = data_set_text(_own(**NUMBERS | {"target_names": names}))
    assert many.endswith("targets t0, t1, t2, t3, t4 and 15 more (20 numbers)")


def test_columns_become_inputs() -> None:
    assert inputs_text(_own()) == "2 feature columns → 3 inputs"
    assert inputs_text(_own(columns=(OwnColumn(name="x"),))) == "1 feature column → 1 input"


def test_a_data_set_is_said_in_a_line() -> None:
    assert data_set_text(_own()) == "1,599 rows, 2 features, target price (a number)"
    assert data_set_text(_own(**CLASSES)) == "1,599 rows, 2 features, target price (2 classes)"


@pytest.mark.parametrize(
    "text",
    [
        task_text(_own(target_name=HOSTILE), "R"),
        task_text(_own(**NUMBERS | {"target_names": ("a", HOSTILE)}), "R"),
        task_text(_own(**LABELS | {"target_names": ("a", HOSTILE)}), "R"),
        data_set_text(_own(**LABELS | {"target_names": ("a", HOSTILE)})),
        data_set_text(_own(target_name=HOSTILE)),
        needed_text(_own(title=HOSTILE)),
    ],
)
def test_texts_of_users_are_escaped(text: str) -> None:
    assert ESCAPED in text


def test_how_a_file_was_read_is_said_briefly() -> None:
    assert dialect_text(Dialect()) == "UTF-8, comma, first row is the header"
    german = Dialect(encoding="cp1252", delimiter=";", decimal=",", has_header=False)
    assert dialect_text(german) == "Windows-1252, semicolon, decimal comma, no header"
    assert dialect_text(Dialect(sheet="A")) == "sheet A, first row is the header"


def test_every_choice_has_a_label() -> None:
    fields = Dialect.model_fields
    for name, labels in (
        ("encoding", module.ENCODINGS),
        ("delimiter", module.DELIMITERS),
        ("decimal", module.DECIMALS),
        ("thousands", module.THOUSANDS),
    ):
        for value in labels:
            other = {"decimal": "," if value == "." else "."} if name == "thousands" else {}
            Dialect.model_validate({**other, name: value})
        assert fields[name].default in labels
    types, roles = (
        set(ColumnSummary.model_fields[n].annotation.__args__) for n in ("type", "role")
    )
    assert types == set(module.TYPES)
    assert roles == set(module.ROLES)


def test_limits_that_are_said_are_those_that_hold() -> None:
    assert f"{MAX_FILE_BYTES // 1_000_000} MB" in module.ACCEPTED
    assert (MAX_CELLS, "one million cells" in module.ACCEPTED) == (1_000_000, True)


def test_notes_begin_with_the_file_and_end_with_what_is_ignored() -> None:
    def column(name: str, role: str) -> ColumnSummary:
        values = {"name": name, "type": "number", "role": role, "n_missing": 0, "n_distinct": 1}
        return ColumnSummary.model_validate({**values, "notes": (f"about {name}",)})

    columns = (column("i", "ignored"), column("f", "feature"), column("t", "target"))
    reading = Reading(
        file="0" * 64,
        dialect=Dialect(),
        n_rows=3,
        columns=columns,
        first_rows=(),
        first_row_numbers=(),
        notes=("about the file",),
    )
    notes = notes_of(reading, ("about the data set", "about f", HOSTILE))
    assert notes == [
        "about the file",
        "about the data set",
        "about f",
        ESCAPED,
        "about t",
        "about i",
    ]
    assert shape_text(reading) == "3 rows, 3 columns"
    book = {"dialect": Dialect(sheet="B"), "sheets": ("A", "B")}
    assert shape_text(reading.model_copy(update=book)) == "3 rows, 3 columns, sheet 2 of 2"


def test_needed_data_are_named() -> None:
    assert "the file **a.csv** (1,599 rows)" in needed_text(_own())
    assert "arrays" in needed_text(_own(source="arrays"))
    assert "need a file (1,599 rows)" in needed_text(_own(title=""))
    assert "need 1,599 drawn points, which" in needed_text(_own(source="drawn", title=""))
    drawn = needed_text(_own(source="drawn", title="600 drawn points"))
    assert "need **600 drawn points**, which" in drawn


def test_sizes_are_readable() -> None:
    assert (size_text(10), size_text(4_400), size_text(1_234_567)) == ("1 kB", "4 kB", "1.2 MB")
