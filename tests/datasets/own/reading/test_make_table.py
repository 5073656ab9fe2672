import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, evaluate, train
from annlab.datasets.own import tables
from annlab.datasets.own.reading.describe import describe
from annlab.datasets.own.reading.make_table import Made, make_table
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.recipe import ColumnRecipe, Dialect, TableRecipe
from annlab.datasets.own.table import table_from_bytes
from tests.datasets.own.reading.made_files import (
    numbers,
    open_quote,
    quoted_lines,
    workbook,
    written,
)

Rows = list[list[str]]


def recipe_of(*columns: str, **dialect) -> TableRecipe:
    """Recipe of columns "name type role"; a role alone makes a number."""
    parts = [column.split() for column in columns]
    return TableRecipe(
        dialect=Dialect(**dialect),
        columns=tuple(ColumnRecipe(name=n, type=t, role=r) for n, t, r in parts),
    )


def made_of(rows: Rows, *columns: str, **dialect) -> Made:
    names = [column.split()[0] for column in columns]
    return make_table(written([names, *rows]).encode(), recipe_of(*columns, **dialect))


def test_a_table_has_the_cells_of_the_file() -> None:
    rows = [["1.5", "red", "no"], ["", "blue", "yes"], ["2.5", "", "no"], ["x", "red", "yes"]]
    made = made_of(rows, "a number feature", "b category feature", "c category target")
    table, own = made.table, made.table.own
    assert own.input_names == ("a", "a missing", "b = blue", "b = red", "b missing")
    np.testing.assert_array_equal(table.X, [[1.5, 1], [np.nan, 0], [2.5, np.nan], [np.nan, 1]])
    assert table.y.tolist() == [0, 1, 0, 1]
    assert (own.task, own.class_names, own.class_counts) == ("binary", ("no", "yes"), (2, 2))
    assert made.notes == ("1 cell of “a” is not a number (“x”; row 5). It counts as missing.",)


def test_rows_without_a_target_are_left_out() -> None:
    rows = [["1", "5.5"], ["2", ""], ["3", "inf"], ["4", "?"], ["5", "6.5"]]
    made = made_of(rows, "a number feature", "b number target", missing=("?",))
    assert made.table.y.tolist() == [5.5, 6.5]
    assert made.table.X.tolist() == [[1], [5]]
    assert "1 cell of “b” is infinite or too large (“inf”; row 4). It counts as missing." in (
        made.notes
    )
    assert made.table.own.task == "regression"


def test_classes_are_sorted_as_numbers_or_texts() -> None:
    def classes(*texts: str) -> tuple[str, ...]:
        rows = [[str(k), text] for k, text in enumerate(texts * 2)]
        made = made_of(rows, "a number feature", "b category target")
        np.testing.assert_array_equal(
            [made.table.own.class_names[k] for k in made.table.y], texts * 2
        )
        return made.table.own.class_names

    assert classes("10", "9", "1") == ("1", "9", "10")
    assert classes("10", "9", "a") == ("10", "9", "a")
    assert classes("No", "no") == ("No", "no")
    assert classes("-1", "1") == ("-1", "1")


@pytest.mark.parametrize(
    ("rows", "columns", "sentence"),
    [
        (
            [["1", "yes"], ["2", "yes "], ["3", "no"]],
            ("a number feature", "b category target"),
            "Two classes of “b”, “yes” and “yes ”, differ only in blanks. Make them equal in the "
            "file.",
        ),
        (
            [["1", "7"], ["2", "7.0"], ["3", "?"]],
            ("a number feature", "b number target"),
            "The target “b” has the same number in every row. Choose another target.",
        ),
        (
            [["1", "x"], ["2", "y"]],
            ("a number feature", "b number target"),
            "The target “b” has no numbers. Choose another target.",
        ),
        (
            [["1", "x"], ["2", "x"], ["3", ""]],
            ("a number feature", "b category target"),
            "The target “b” has only one class. Choose another target.",
        ),
        (
            [[str(k), f"k{k % 51}"] for k in range(120)],
            ("a number feature", "b category target"),
            "The target “b” has 51 classes; the limit is 50. Choose the type number, or another "
            "target.",
        ),
        (
            [["x", "1"], ["y", "2"]],
            ("a number feature", "b number target"),
            "“a” has no numbers. Ignore it, or change its type.",
        ),
        (
            [["x", "1"], ["y", "2"]],
            ("a text feature", "b number target"),
            "“a” is free text and cannot be a feature. Ignore it, or choose another type.",
        ),
        (
            [["x", "1"], ["y", "2"]],
            ("a category ignored", "b number target"),
            "No column is a feature. Choose the columns to learn from.",
        ),
        (
            [["1", "1"], ["2", "2"]],
            ("a number feature", "b number feature"),
            "No column is the target. Choose the column to predict.",
        ),
        (
            [["1", "1", "1"], ["2", "2", "2"]],
            ("a category group", "b category group", "c number target"),
            "“a” and “b” have the role group. Choose one of them.",
        ),
    ],
)
def test_what_cannot_become_a_data_set_is_refused_in_a_sentence(
    rows: Rows, columns: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        made_of(rows, *columns)
    assert str(caught.value) == sentence


def test_another_file_than_the_recipe_describes_is_refused() -> None:
    recipe = recipe_of("a number feature", "c number target")
    with pytest.raises(UnreadableFileError, match="has the columns “a” and “b”, but the settings"):
        make_table(b"a,b\n1,2\n", recipe)


def words(counts: dict[str, int]) -> Rows:
    texts = [text for text, n in counts.items() for _ in range(n)]
    return [[text, "ny"[k % 2]] for k, text in enumerate(texts)]


CATEGORY = ("a category feature", "b category target")


def test_rare_values_share_an_input() -> None:
    made = made_of(words({"x": 500, "y": 300, "z": 8, "u": 1, "v": 7}), *CATEGORY)
    (column,) = made.table.own.columns
    # One percent of 816 rows are 8.16.
    assert (column.values, column.has_other) == (("x", "y"), True)
    assert np.bincount(made.table.X[:, 0].astype(int)).tolist() == [500, 300, 16]
    assert made.notes[0] == "3 rarer values of “a” share one input (a = other)."
    # A single rare value needs no shared input.
    (column,) = made_of(words({"x": 500, "y": 300, "u": 1}), *CATEGORY).table.own.columns
    assert (column.values, column.has_other) == (("u", "x", "y"), False)
    # A value with the name of the shared input joins it.
    (column,) = made_of(words({"other": 50, "x": 40, "u": 1, "v": 1}), *CATEGORY).table.own.columns
    assert column.inputs == ("a = x", "a = other")
    (column,) = made_of(words({f"{k}": 9 for k in range(30)}), *CATEGORY).table.own.columns
    assert len(column.inputs) == 21


def test_many_categories_get_fewer_inputs_each() -> None:
    names = [f"c{k}" for k in range(15)]
    rng = np.random.default_rng(0)
    rows = [[*(f"w{w}" for w in rng.integers(0, 20, 15)), "ny"[k % 2]] for k in range(500)]
    columns = [f"{name} category feature" for name in names]
    made = made_of(rows, *columns, "y category target")
    # 12 values and one for the others make 195 inputs; 13 and one would make 210.
    assert len(made.table.own.input_names) == 195
    assert (
        "“c0” keeps its 12 most frequent values, because all features together may have 200 "
        in (made.notes[1])
    )
    rows = [[str(v) for v in row] for row in rng.normal(size=(9, 202)).tolist()]
    columns = [f"c{k} number {'feature' if k else 'target'}" for k in range(202)]
    with pytest.raises(UnreadableFileError, match="at least 201 inputs; the limit is 200"):
        made_of(rows, *columns)


def test_groups_count_from_the_first_row() -> None:
    rows = [["1", "b", "1.5"], ["2", "a", "2"], ["3", "b ", "3"], ["4", "", "4"], ["5", "", "5"]]
    made = made_of(rows, "x number feature", "g text group", "y number target")
    assert made.table.groups.tolist() == [0, 1, 0, 2, 3]
    assert made.table.own.group_sizes == (2, 1, 1, 1)


def test_repeated_rows_are_counted() -> None:
    rows = [["1", "", "a"], ["1.0", "", "a"], ["1", "2", "a"], ["1", "", "b"], ["1", "", "a"]]
    made = made_of(rows, "x number feature", "z number feature", "y category target")
    assert made.notes[-1].startswith("2 rows repeat an earlier row.")


def test_recipes_that_mean_the_same_have_one_content() -> None:
    data = written([["a", "b", "c"], *[["1", "x", "2"], ["2", "y", "3"]] * 3]).encode()

    def content(*columns: str, **dialect) -> str:
        return make_table(data, recipe_of(*columns, **dialect), "any").table.own.content

    base = ("a number feature", "b text ignored", "c number target")
    one = content(*base, missing=("?", "NA"))
    assert content(base[0], "b category ignored", base[2], missing=("NA", "?", "")) == one
    assert content(*base, missing=("NA", "?"), sheet="absent") == one
    assert content(*base) != one
    assert content(base[0], base[1], "c category target", missing=("?", "NA")) != one
    other = make_table(data + b"3,z,4\n", recipe_of(*base, missing=("?", "NA")))
    assert other.table.own.content != one
    book = workbook()
    recipe = describe(book).recipe
    unnamed = recipe.dialect.model_copy(update={"sheet": "", "delimiter": ";"})
    made = make_table(book, recipe)
    assert make_table(book, recipe.model_copy(update={"dialect": unnamed})).table.own == (
        made.table.own
    )
    assert make_table(book, made.table.own.recipe).table.own == made.table.own


@pytest.mark.parametrize(("data", "has_quotes"), [(quoted_lines(), True), (open_quote(), False)])
def test_a_recipe_says_whether_quotation_marks_are_text(data: bytes, has_quotes: bool) -> None:
    recipe = describe(data).recipe
    assert recipe.dialect.quotes is has_quotes
    own = make_table(data, recipe).table.own
    assert own.recipe == recipe
    # The file decides, whatever a recipe says.
    other = recipe.dialect.model_copy(update={"quotes": not has_quotes})
    assert make_table(data, recipe.model_copy(update={"dialect": other})).table.own == own
    # Data sets that were stored before recipes said it are still found.
    assert "quotes" not in str(own.facts_for_digest())


def test_bytes_of_a_table_hold_the_table() -> None:
    data = written([["a", "b"], *[[v, "xy"[k % 2]] for k, v in enumerate(numbers(9))]]).encode()
    recipe = describe(data).recipe
    expected = make_table(data, recipe).table
    table = table_from_bytes(expected.to_bytes())
    assert table.own == expected.own
    np.testing.assert_array_equal(table.X, expected.X)
    np.testing.assert_array_equal(table.y, expected.y)


def test_numbers_of_a_table_like_california_come_back_to_the_bit() -> None:
    rng = np.random.default_rng(0)
    names = [*(f"feature {k}" for k in range(8)), "MedHouseVal"]
    values = np.column_stack([rng.lognormal(2, 1, (2_000, 8)), rng.uniform(0.1, 5, 2_000)])
    data = written([names, *[[repr(v) for v in row] for row in values.tolist()]]).encode()
    reading = describe(data)
    assert reading.target.name == "MedHouseVal"
    table = make_table(data, reading.recipe).table
    np.testing.assert_array_equal(table.X, values[:, :8])
    np.testing.assert_array_equal(table.y, values[:, 8])


def test_california_as_csv_has_the_scores_of_the_registered_data_set(shared_datasets: Path) -> None:
    from sklearn.datasets import fetch_california_housing

    frame = fetch_california_housing(as_frame=True).frame
    data = frame.to_csv(index=False).encode()
    table = make_table(data, describe(data).recipe).table
    assert table.own.input_names == tuple(frame.columns[:8])
    assert (table.own.target_name, table.own.task) == ("MedHouseVal", "regression")
    np.testing.assert_array_equal(table.X, frame.to_numpy()[:, :8])
    np.testing.assert_array_equal(table.y, frame.to_numpy()[:, 8])
    tables.provide(table)

    def trained_on(data: DatasetConfig) -> Run:
        return train(
            RunConfig(
                dataset=data,
                model=ModelConfig(hidden_sizes=(4,)),
                training=TrainingConfig(max_epochs=2, batch_size=256, n_seeds=2),
            )
        )

    split = {"scaling": "standard", "test_fraction": 0.2, "validation_fraction": 0.2}
    split |= {"target_scaling": "standard", "split_seed": 3}
    own = trained_on(DatasetConfig(own=table.own, **split))
    registered = trained_on(DatasetConfig(name="california_housing", **split))
    for name, values in registered.history.items():
        np.testing.assert_array_equal(own.history[name], values, err_msg=name)
    for part in ("train", "validation", "test"):
        one, other = (evaluate(run, split=part) for run in (own, registered))
        np.testing.assert_array_equal(one.r2, other.r2)
        np.testing.assert_array_equal(one.loss, other.loss)


def test_reading_is_imported_only_where_files_are_read() -> None:
    code = (
        "import sys, annlab.datasets.own.reading.make_table, annlab.datasets.own.reading.describe; "
        "print(*{'pandas', 'pyarrow', 'openpyxl', 'sklearn', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
