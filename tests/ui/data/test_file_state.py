"""What a user changes in the guesses about a file."""

from annlab.datasets.own.recipe import ColumnRecipe, Dialect, TableRecipe
from annlab.ui.data.file_state import Choices, choices_of

CHOSEN = Choices(
    Dialect(delimiter=";"),
    types={"a": "number"},
    roles={"a": "feature", "t": "target", "g": "group"},
)


def test_several_columns_get_a_type() -> None:
    changed = CHOSEN.with_types(["a", "b", "c"], "category")
    assert changed.types == dict.fromkeys("abc", "category")
    assert (changed.dialect, changed.roles) == (CHOSEN.dialect, CHOSEN.roles)
    assert CHOSEN.types == {"a": "number"}


def test_several_columns_get_a_role() -> None:
    changed = CHOSEN.with_roles(["a", "b"], "ignored")
    assert changed.roles == {"a": "ignored", "b": "ignored", "t": "target", "g": "group"}
    assert (changed.dialect, changed.types) == (CHOSEN.dialect, CHOSEN.types)


def test_one_column_is_the_group_and_several_can_be_targets() -> None:
    # The default holds again for the column that had the role.
    assert CHOSEN.with_roles(["b"], "target").roles == {
        "a": "feature",
        "b": "target",
        "g": "group",
    }
    several = CHOSEN.with_roles(["b", "t"], "target")
    assert several.roles == {"a": "feature", "b": "target", "t": "target", "g": "group"}
    assert several.with_roles(["t"], "target") == CHOSEN
    assert several.with_roles(["b"], "feature").roles["t"] == "target"
    assert CHOSEN.with_roles(["t", "a"], "group").roles == {"a": "feature", "t": "group"}
    assert CHOSEN.with_roles(["t"], "target") == CHOSEN


def test_another_sheet_is_guessed_anew_and_names_keep_their_roles() -> None:
    changed = CHOSEN.with_sheet("2019")
    assert (changed.dialect, changed.sheet) == (None, "2019")
    assert (changed.types, changed.roles) == (CHOSEN.types, CHOSEN.roles)


def test_choices_of_a_recipe_are_its_own() -> None:
    columns = (
        ColumnRecipe(name="a", type="number", role="feature"),
        ColumnRecipe(name="i", type="text", role="ignored"),
        ColumnRecipe(name="g", type="category", role="group"),
        ColumnRecipe(name="t", type="category", role="target"),
    )
    dialect = Dialect(sheet="2019", n_title_rows=1)
    assert choices_of(TableRecipe(dialect=dialect, columns=columns)) == Choices(
        dialect,
        types={"a": "number", "t": "category"},
        roles={"a": "feature", "i": "ignored", "g": "group", "t": "target"},
    )
