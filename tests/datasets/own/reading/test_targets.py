"""Several targets of a file, as pandas reads them."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from annlab.datasets.own.own_data import MAX_TARGETS
from annlab.datasets.own.reading.describe import describe
from annlab.datasets.own.reading.make_table import make_table
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.recipe import Role
from tests.datasets.own.reading.test_make_table import made_of, recipe_of

_RANDOM = np.random.default_rng(3)
FRAME = pd.DataFrame(
    {
        "age": _RANDOM.integers(20, 80, 60),
        "weight (kg)": _RANDOM.normal(70, 9, 60).round(2),
        "waist (cm)": _RANDOM.normal(85, 7, 60).round(1),
        "smokes": _RANDOM.choice(["ja", "nein"], 60),
        "ill": _RANDOM.integers(0, 2, 60),
        "sex": _RANDOM.choice(["male", "female"], 60),
    }
)
FRAME.loc[3, "weight (kg)"] = np.nan
FRAME.loc[[5, 6], "waist (cm)"] = np.nan
FRAME.loc[8, "smokes"] = None
DATA = FRAME.to_csv(index=False).encode()
NUMBERS = ["weight (kg)", "waist (cm)"]
LABELS = ["smokes", "ill", "sex"]


def _roles(*names: str) -> dict[str, Role]:
    return dict.fromkeys(names, "target")


def test_columns_of_numbers_are_several_numbers() -> None:
    reading = describe(DATA, roles=_roles(*NUMBERS))
    assert [(c.name, c.type) for c in reading.targets] == [(name, "number") for name in NUMBERS]
    assert reading.target_has_numbers
    said = " ".join(note for column in reading.targets for note in column.notes)
    assert "1 row without a value of “weight (kg)” will be left out." in said
    assert "2 rows without a value of “waist (cm)” will be left out." in said
    table = make_table(DATA, reading.recipe).table
    own = table.own
    assert (own.task, own.target_names) == ("multioutput_regression", tuple(NUMBERS))
    assert (own.target_name, own.label_values, own.class_names) == ("", (), ())
    complete = pd.read_csv(io.BytesIO(DATA)).dropna(subset=NUMBERS)
    np.testing.assert_array_equal(table.y, complete[NUMBERS].to_numpy())
    np.testing.assert_array_equal(table.X[:, 0], complete["age"].to_numpy())


def test_columns_of_two_values_are_labels() -> None:
    reading = describe(DATA, roles=_roles(*LABELS))
    assert [c.type for c in reading.targets] == ["category"] * 3
    assert not reading.target_has_numbers
    made = make_table(DATA, reading.recipe)
    own = made.table.own
    assert (own.task, own.target_names) == ("multilabel", tuple(LABELS))
    assert own.label_values == (("nein", "ja"), ("0", "1"), ("female", "male"))
    complete = FRAME.dropna(subset=LABELS)
    yes = (complete[LABELS] == ["ja", 1, "male"]).to_numpy()
    np.testing.assert_array_equal(made.table.y, yes)
    assert made.table.y.dtype == np.int64
    assert "A label is yes where its column holds “ja” for “smokes” and “male” for “sex”." in (
        made.notes
    )


def test_labels_of_digits_can_be_numbers() -> None:
    data = FRAME.assign(old=(FRAME["age"] > 50).astype(int)).to_csv(index=False).encode()
    reading = describe(data, roles=_roles("ill", "old"))
    assert [c.type for c in reading.targets] == ["category"] * 2
    assert reading.target_has_numbers
    numbers = describe(
        data, types=dict.fromkeys(("ill", "old"), "number"), roles=_roles("ill", "old")
    )
    assert make_table(data, numbers.recipe).table.own.task == "multioutput_regression"


def test_the_order_of_the_file_is_the_order_of_the_targets() -> None:
    there, back = (describe(DATA, roles=_roles(*names)) for names in (NUMBERS, NUMBERS[::-1]))
    assert there.recipe == back.recipe


def test_a_feature_that_says_what_one_of_the_targets_says_is_pointed_at() -> None:
    frame = FRAME.assign(pounds=FRAME["waist (cm)"] * 2 + 1)
    reading = describe(frame.to_csv(index=False).encode(), roles=_roles(*NUMBERS))
    said = {c.name: " ".join(c.notes) for c in reading.columns}
    assert "exactly what the target “waist (cm)” says" in said["pounds"]
    assert "exactly" not in said["age"]


def test_features_are_not_compared_with_more_targets_than_a_table_can_have() -> None:
    names = [f"y{k}" for k in range(MAX_TARGETS + 1)]
    waist = FRAME["waist (cm)"]
    frame = pd.DataFrame({"pounds": waist * 2 + 1} | dict.fromkeys(names, waist))
    for n, said in ((MAX_TARGETS, True), (MAX_TARGETS + 1, False)):
        reading = describe(frame.to_csv(index=False).encode(), roles=_roles(*names[:n]))
        assert any("exactly" in note for note in reading.columns[0].notes) is said


def test_a_repeated_row_has_the_same_value_of_every_target() -> None:
    rows = [["1", "1", "2"], ["1", "1", "2"], ["1", "1", "3"], ["2", "4", "4"]]
    made = made_of(rows, "a number feature", "b number target", "c number target")
    assert any(note.startswith("1 row repeats an earlier row") for note in made.notes)


ROWS = [["1", "1.5", "0", "yes", ""], ["2", "2.5", "1", "no", "7"], ["3", "4", "1", "no", "7"]]


@pytest.mark.parametrize(
    ("rows", "columns", "sentence"),
    [
        (
            ROWS,
            ("a number feature", "b number target", "c category target"),
            "The target “b” is a number, and “c” is a category. Several targets must be all "
            "numbers, or all labels with two values each. Choose other targets, or another type.",
        ),
        (
            [[*row[:3], "5"] for row in ROWS],
            ("a number feature", "b number target", "c number target", "d number target"),
            "The target “d” has the same number in every row. Choose another target.",
        ),
        (
            ROWS,
            ("a number feature", "b number target", "c number target", "d number target"),
            "The target “d” has no numbers. Choose another target.",
        ),
        (
            [[*row[:4], "no"] for row in ROWS],
            (
                *("a number feature", "b number ignored", "c category target"),
                *("d category ignored", "e category target"),
            ),
            "The label “e” is “no” in every row, so there is nothing to learn. Choose other "
            "targets.",
        ),
        (
            ROWS,
            ("a number feature", "b category target", "c category target"),
            "The target “b” has 3 different values, and a label needs two, such as yes and no. "
            "Choose the type number, or other targets.",
        ),
        (
            [["1", "0", "no"], ["2", "1", ""], ["3", "1", ""], ["4", "0", "yes"]],
            ("a number feature", "b category target", "c category target"),
            "The label “b” is “0” in every row that has all targets, so there is nothing to learn. "
            "Choose other targets.",
        ),
        (
            [["1", "2", "5"], ["2", "1", ""], ["3", "1", ""], ["4", "2", "6"]],
            ("a number feature", "b number target", "c number target"),
            "The target “b” has the same number in every row that has all targets. Choose another "
            "target.",
        ),
        (
            [["1", "0", ""], ["2", "1", ""], ["3", "", "no"], ["4", "", "yes"]],
            ("a number feature", "b category target", "c category target"),
            "No row has a value of every target. Choose fewer targets.",
        ),
        (
            [["1", "0", ""], ["2", "1", ""]],
            ("a number feature", "b category target", "c category target"),
            "The target “c” has no values. Choose other targets.",
        ),
        (
            [[str(k), *[str(k % 3)] * (MAX_TARGETS + 1)] for k in range(6)],
            ("a number feature", *(f"t{k} number target" for k in range(MAX_TARGETS + 1))),
            f"{MAX_TARGETS + 1} columns are targets; the limit is {MAX_TARGETS}. Choose fewer.",
        ),
    ],
)
def test_targets_that_cannot_be_learned_are_refused_in_a_sentence(
    rows: list[list[str]], columns: tuple[str, ...], sentence: str
) -> None:
    rows = [row[: len(columns)] for row in rows]
    with pytest.raises(UnreadableFileError) as error:
        made_of(rows, *columns)
    assert str(error.value) == sentence


def test_a_workbook_gives_the_same_labels(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    frame = FRAME.assign(ill=FRAME["ill"] == 1)  # Excel's own booleans
    frame.to_excel(path, index=False)
    data = path.read_bytes()
    reading = describe(data, roles=_roles("smokes", "ill"))
    table = make_table(data, reading.recipe).table
    assert table.own.label_values == (("nein", "ja"), ("FALSE", "TRUE"))
    complete = frame.dropna(subset=["smokes"])
    np.testing.assert_array_equal(table.y[:, 1], complete["ill"])


def test_a_recipe_of_one_target_gives_the_content_that_it_had() -> None:
    data = b"size,price\n" + b"\n".join(b"%d.5,%d.25" % (k, k * k) for k in range(30))
    recipe = recipe_of("size number feature", "price number target")
    # Made by a version without several targets.
    content = "8c17b8db2f5e9e1027586e9ab15437c4d8a9f58e3f6ba324bfa3010a6feba7d6"
    assert make_table(data, recipe).table.own.content == content
