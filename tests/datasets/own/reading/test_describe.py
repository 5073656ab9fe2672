from pathlib import Path

import pytest

from annlab.datasets.own.reading.describe import Reading, describe
from annlab.datasets.own.reading.make_table import make_table
from annlab.datasets.own.recipe import ColumnRecipe, TableRecipe
from tests.datasets.own.reading.fixtures import FIXTURES, Fixture
from tests.datasets.own.reading.made_files import numbers, written

FILES = Path(__file__).parent / "files"


def read(name: str) -> Reading:
    return describe((FILES / name).read_bytes())


def by_role(reading: Reading, role: str) -> list[str]:
    return [column.name for column in reading.columns if column.role == role]


def said(reading: Reading) -> str:
    return "\n".join([*reading.notes, *(note for c in reading.columns for note in c.notes)])


def of_rows(*rows: str) -> Reading:
    return describe("\n".join(rows).encode())


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_columns_get_the_roles_that_a_person_gives(fixture: Fixture) -> None:
    reading = describe(fixture.data)
    assert reading.target.name == fixture.target
    assert tuple(by_role(reading, "ignored")) == fixture.ignored
    own = make_table(fixture.data, reading.recipe).table.own
    assert own.class_names == fixture.classes
    assert own.n_rows == fixture.n_rows
    for text in fixture.said:
        assert text in said(reading)


def test_a_reading_is_plain_json() -> None:
    reading = describe(FIXTURES[0].data)
    assert Reading.model_validate_json(reading.model_dump_json()) == reading


def test_fruit() -> None:
    reading = read("fruit_semicolon_cp1252.csv")
    assert reading.n_rows == 120
    types = {column.name: (column.type, column.role) for column in reading.columns}
    assert types == {
        "Datum": ("date", "ignored"),
        "Größe (cm)": ("number", "feature"),
        "Gewicht": ("number", "feature"),
        "Länge": ("number", "feature"),
        "Sorte": ("category", "target"),
    }
    weight = reading.columns[2]
    assert (weight.low, weight.n_missing) == (-200, 0)
    assert "−200; rows 19 and 57" in weight.notes[0]
    data = (FILES / "fruit_semicolon_cp1252.csv").read_bytes()
    without = reading.dialect.model_copy(update={"missing": ("-200",)})
    assert describe(data, without).columns[2].n_missing == 2


def test_birds() -> None:
    reading = read("birds_bom.csv")
    assert by_role(reading, "feature") == ["beak_mm", "mass_g", "sex"]
    assert by_role(reading, "ignored") == ["id", "place", "remark"]
    assert reading.target.name == "kind"
    assert {c.name: c.n_missing for c in reading.columns if c.role == "feature"} == {
        "beak_mm": 6,
        "mass_g": 4,
        "sex": 5,
    }
    assert reading.marks == (("NA", 4),)
    assert "“id” is ignored because it differs in every row" in said(reading)


def test_income() -> None:
    reading = read("income_utf16_tabs.csv")
    assert reading.n_rows == 90
    assert "1 row at the end left out: “Source: made for tests”." in reading.notes
    assert by_role(reading, "ignored") == ["Land"]
    assert (reading.target.name, reading.target.type) == ("Life expectancy", "number")
    assert reading.first_rows[0] == ("Land 1", "2606.277", "5.1", "68.2")
    data = (FILES / "income_utf16_tabs.csv").read_bytes()
    assert 12345.678 > make_table(data, reading.recipe).table.X[0, 0] == 2606.277


def test_echo() -> None:
    reading = read("echo_no_header.csv")
    assert reading.n_rows == 140
    assert by_role(reading, "ignored") == ["column 2"]
    assert set(reading.target.values) == {"b", "g"}
    assert not reading.target_has_numbers


def test_grains() -> None:
    reading = read("grains_labels_from_one.csv")
    assert reading.n_rows == 105
    assert "only 3 different numbers, so each is read as a class" in said(reading)
    data = (FILES / "grains_labels_from_one.csv").read_bytes()
    assert make_table(data, reading.recipe).table.own.class_names == ("1", "2", "3")


def test_clinic() -> None:
    reading = read("clinic_question_marks.csv")
    assert by_role(reading, "ignored") == ["patient"]
    assert by_role(reading, "feature") == ["pulse", "temp", "temp (2)", "pain"]
    assert reading.first_rows[0] == ("005300", "", "38.7", "38.6", "2", "lived")
    assert "Only 10 of 102 rows" in said(reading)
    assert "Class “moved” of “outcome” has only one row" in said(reading)
    assert reading.marks == (("?", 154),)


def test_rows_without_a_target_are_counted_before_they_are_left_out() -> None:
    rows = "\n".join(f"{k / 7:.3f};{'' if k in (3, 5) else k % 2}" for k in range(30))
    assert "2 rows without a value of “b” will be left out." in said(
        describe(f"a;b\n{rows}".encode())
    )


def test_choices_of_the_user_win() -> None:
    data = (FILES / "grains_labels_from_one.csv").read_bytes()
    guessed = describe(data).recipe
    last = ColumnRecipe(name="column 4", type="number", role="target")
    recipe = TableRecipe(dialect=guessed.dialect, columns=(*guessed.columns[:3], last))
    reading = describe(data, recipe)
    assert reading.recipe == recipe
    assert "so each is read as a class" not in said(reading)
    assert reading.target_has_numbers
    classes = describe(data, types={"column 4": "category"})
    assert classes.target.type == "category"
    assert classes.target_has_numbers
    # Columns that the user did not touch are guessed again, for another target.
    first = ColumnRecipe(name="column 1", type="number", role="target")
    reading = describe(data, TableRecipe(dialect=guessed.dialect, columns=(first,)))
    assert by_role(reading, "target") == ["column 1"]
    assert by_role(reading, "feature") == ["column 2", "column 3", "column 4"]
    assert "“column 4” has 3 different whole numbers" in said(reading)


def test_a_target_of_many_numbers_is_a_number() -> None:
    x, y = numbers(50), numbers(50, seed=1)
    assert of_rows("x,y", *map(",".join, zip(x, y, strict=True))).target.type == "number"
    # Five rows cannot hold five classes of several rows each.
    reading = of_rows("x,y", "1.5,2", "2.5,3", "1.7,5", "2.2,7", "3.1,1")
    assert reading.target.type == "number"
    assert "so each is read as a class" not in said(reading)


def test_the_target_is_named_or_last() -> None:
    rows = [f"{v},{'ab'[k % 2]},{v}" for k, v in enumerate(numbers(30))]
    assert of_rows("x,Class,z", *rows).target.name == "Class"
    assert of_rows("x,group,z", *rows).target.name == "z"


def test_a_feature_that_says_what_the_target_says_is_pointed_at() -> None:
    x = numbers(30)
    rows = [f"{v},{('no', 'yes')[k % 2]},{k % 2},{k % 3}" for k, v in enumerate(x)]
    reading = of_rows("x,answer,copy,other", *rows)
    recipe = TableRecipe(columns=(ColumnRecipe(name="answer", type="category", role="target"),))
    reading = describe("\n".join(["x,answer,copy,other", *rows]).encode(), recipe)
    warned = [c.name for c in reading.columns if any("says exactly" in note for note in c.notes)]
    assert warned == ["copy"]
    rows = [f"{v},{float(v) * 1.8 + 32},{k % 7}.5" for k, v in enumerate(x)]
    recipe = TableRecipe(columns=(ColumnRecipe(name="celsius", type="number", role="target"),))
    reading = describe("\n".join(["celsius,fahrenheit,x", *rows]).encode(), recipe)
    warned = [c.name for c in reading.columns if any("says exactly" in note for note in c.notes)]
    assert warned == ["fahrenheit"]


def test_numbers_that_count_rows_stay_if_nothing_else_is_there() -> None:
    y = numbers(30, 2)
    reading = of_rows("x,y", *(f"{k},{v}" for k, v in enumerate(y)))
    assert by_role(reading, "feature") == ["x"]
    reading = of_rows("id,x,y", *(f"{k * 7},{v}5,{v}" for k, v in enumerate(y)))
    assert by_role(reading, "ignored") == ["id"]
    # Sizes and prices that all differ are no row numbers.
    rows = [f"{900 + 37 * (k * k % 31)},{120000 + 1313 * (k * k % 29 + k)}" for k in range(12)]
    assert by_role(of_rows("size,price", *rows), "feature") == ["size"]


def test_one_column_is_no_table() -> None:
    assert "one column only" in said(of_rows("x", "1", "2"))


def test_values_that_look_alike_are_pointed_at() -> None:
    rows = [["a", "b"], *[["yes", "1"], ["Yes", "2"], ["no", "3"]] * 9]
    assert "“Yes” and “yes”" in said(describe(written(rows).encode()))


def test_text_that_is_long_or_hostile_is_shortened_on_one_line() -> None:
    hostile = "<b>$x$</b>\u202e" + "=" * 500
    rows = [["a\nb", hostile], *[["1", hostile + "!"], ["2", "x"]] * 9]
    reading = describe(written(rows).encode())
    assert [len(cell) for cell in reading.first_rows[0]] == [1, 60]
    assert reading.columns[0].name == "a b"
    assert len(reading.columns[1].name) <= 100
    assert not any("\u202e" in note for note in said(reading))
