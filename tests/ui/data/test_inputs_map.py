"""Map from columns to inputs on the page."""

import io

import numpy as np
import pandas as pd
import pytest

from annlab.datasets.own.own_data import OTHER, OwnColumn
from annlab.ui.data.inputs_map import preparation_text
from annlab.ui.services import Services
from tests.ui.data.data_page import columns, open_file, select, wait
from tests.ui.visitor import text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

N_ROWS = 200
# Values of the three categories.
COLORS, PLACES, KINDS = list("rgbcmykw"), [f"place {k}" for k in range(6)], ["wild", "bred"]


def _file() -> bytes:
    """Seven features: four numbers, one with gaps, and three categories with gaps and rare ones."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(N_ROWS, 4)).round(3), columns=list("abcd"))
    table.loc[::9, "b"] = np.nan
    table["color"] = random.choice(COLORS, N_ROWS)
    table.loc[::11, "color"] = np.nan
    table["place"] = random.choice(PLACES, N_ROWS)
    table["kind"] = random.choice(KINDS, N_ROWS)
    table.loc[3, "kind"], table.loc[4, "kind"] = "lost", "found"
    table["y"] = np.where(table["a"] > 0, "up", "down")
    file = io.StringIO()
    table.to_csv(file, index=False)
    return file.getvalue().encode()


FILE = _file()


def test_seven_columns_become_23_inputs(server: Services) -> None:
    visitor = open_file(server, FILE)
    assert "7 feature columns → 23 inputs" in [block.label for block in visitor.expander]
    shown = visitor.dataframe[1].value.set_index("Column")
    inputs = {name: list(names) for name, names in shown["Inputs"].items()}
    # One input for each value and for the gaps, as pandas has them, in order; two rare values
    # share one.
    table = pd.read_csv(io.BytesIO(FILE)).replace({"lost": OTHER, "found": OTHER})
    expected = {}
    for name in table.drop(columns="y"):
        column, gap = table[name], [f"{name} missing"] * bool(table[name].isna().any())
        if pd.api.types.is_numeric_dtype(column):
            expected[name] = [name, *gap]
        else:
            made = pd.get_dummies(column, prefix=str(name), prefix_sep=" = ")
            last = f"{name} = {OTHER}"
            expected[name] = [*made.columns.drop(last, errors="ignore"), *gap]
            if last in made:
                expected[name].insert(len(expected[name]) - len(gap), last)
    assert inputs == expected
    assert sum(map(len, inputs.values())) == 23
    assert {name: row["Inputs"] for name, row in columns(visitor).items() if name != "y"} == {
        name: len(names) for name, names in inputs.items()
    }
    assert "Medians and scaling come from the training samples alone" in text_of(visitor.caption)
    assert shown["Becomes"]["a"] == "Its number"
    assert "the median where it is missing" in shown["Becomes"]["b"]
    assert "rare values share an input" in shown["Becomes"]["kind"]


def test_the_map_follows_the_target(server: Services) -> None:
    visitor = open_file(server, FILE)
    wait(select(visitor, "Target: the column to predict").select("kind").run())
    shown = visitor.dataframe[1].value.set_index("Column")
    assert list(shown.index) == ["a", "b", "c", "d", "color", "place", "y"]
    assert list(shown["Inputs"]["y"]) == ["y = down", "y = up"]
    assert "7 feature columns → 22 inputs" in [block.label for block in visitor.expander]


@pytest.mark.parametrize("is_category", [False, True])
@pytest.mark.parametrize("has_missing", [False, True])
@pytest.mark.parametrize("has_other", [False, True])
def test_each_input_is_explained(is_category: bool, has_missing: bool, has_other: bool) -> None:
    column = OwnColumn(
        name="c",
        values=("p", "q") if is_category else (),
        has_missing=has_missing,
        has_other=has_other and is_category,
    )
    text = preparation_text(column)
    assert ("missing" in text) == has_missing
    assert ("rare" in text) == (has_other and is_category)
    assert text.startswith("1 for the value" if is_category else "Its number")
