"""Several targets on the page of one's own data: chosen, read, used and listed."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab.datasets.own.own_data import OwnData
from annlab.ui.services import Services
from tests.store.own import ANNA
from tests.ui.data.data_page import button, columns, select, visit_as, wait
from tests.ui.visitor import text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

_RANDOM = np.random.default_rng(0)
FILE = b"age,weight,waist,ill,old\n" + b"".join(
    b"%d,%.1f,%.1f,%d,%s\n"
    % (
        _RANDOM.integers(20, 80),
        _RANDOM.normal(70, 9),
        _RANDOM.normal(85, 7),
        _RANDOM.integers(2),
        _RANDOM.choice([b"ja", b"nein"]),
    )
    for _ in range(60)
)
DIGEST = hashlib.sha256(FILE).hexdigest()
ONE, SEVERAL = "Target: the column to predict", "Targets: the columns to predict"


@pytest.fixture
def brought(server: Services) -> Iterator[Services]:
    server.own_data.add_file(ANNA, FILE, "people.csv")
    yield server
    server.own_data.delete_all(ANNA)


def _targets(visitor: AppTest) -> Any:
    return next(box for box in visitor.multiselect if box.label == SEVERAL)


def _choose(visitor: AppTest, *names: str) -> AppTest:
    if not any(box.label == SEVERAL for box in visitor.multiselect):
        wait(button(visitor, "Add targets").click().run())
    return wait(_targets(visitor).set_value([*names]).run())


def _roles(visitor: AppTest) -> list[str]:
    return [name for name, row in columns(visitor).items() if row["Role"] == "Target"]


def _kept(server: Services) -> OwnData:
    (own,) = [entry.own for entry in server.own_data.entries(ANNA) if entry.own]
    return own


def test_one_target_is_chosen_as_before_until_targets_are_added(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    assert select(visitor, ONE).value == "old"
    wait(button(visitor, "Add targets").click().run())
    assert _targets(visitor).value == ["old"]
    assert ONE not in [box.label for box in visitor.selectbox]
    assert "**old** has two classes" in text_of(visitor.markdown)
    # Without any target, the control for one is back with the default.
    wait(_targets(visitor).set_value([]).run())
    assert select(visitor, ONE).value == "old"


def test_several_numbers_are_used_on_their_page(brought: Services) -> None:
    visitor = _choose(visit_as(ANNA, file=DIGEST), "weight", "waist")
    assert _roles(visitor) == ["weight", "waist"]
    assert "**weight** and **waist** are numbers" in text_of(visitor.markdown)
    assert select(visitor, "Target type").value == "number"
    button(visitor, "Use in Several outputs").click()
    wait(visitor.run())
    data = next(box for box in visitor.selectbox if box.label == "Data set")
    assert data.value.startswith("own:")
    own = _kept(brought)
    assert (own.task, own.target_names) == ("multioutput_regression", ("weight", "waist"))
    listed = visit_as(ANNA)
    assert "60 rows, 3 features, targets weight and waist (two numbers)" in text_of(listed.caption)
    # After a reload, the choices of the data set hold.
    again = visit_as(ANNA, file=DIGEST)
    assert _targets(again).value == ["weight", "waist"]


def test_columns_of_two_values_are_labels(brought: Services) -> None:
    visitor = _choose(visit_as(ANNA, file=DIGEST), "ill", "old")
    assert "**ill** and **old** are labels" in text_of(visitor.markdown)
    assert "A label is yes where its column holds “ja” for “old”." in text_of(visitor.markdown)
    assert "Target type" not in [box.label for box in visitor.selectbox]
    button(visitor, "Use in Several outputs").click()
    wait(visitor.run())
    assert _kept(brought).label_values == (("0", "1"), ("nein", "ja"))


def test_a_mix_is_refused_in_a_sentence_and_can_be_mended(brought: Services) -> None:
    visitor = _choose(visit_as(ANNA, file=DIGEST), "weight", "ill")
    assert "“weight” is a number, and “ill” is a category" in text_of(visitor.warning)
    assert button(visitor, "Use").disabled
    assert select(visitor, "Target type").value is None
    wait(select(visitor, "Target type").select("number").run())
    assert "**weight** and **ill** are numbers" in text_of(visitor.markdown)
    wait(_targets(visitor).set_value(["weight"]).run())
    assert "**weight** is a number" in text_of(visitor.markdown)
    assert button(visitor, "Use in Regression")


def test_too_many_targets_of_the_table_are_refused_in_a_sentence(brought: Services) -> None:
    wide = b",".join(b"c%d" % k for k in range(23)) + b"\n"
    wide += b"".join(
        b",".join(b"%.3f" % x for x in _RANDOM.normal(size=23)) + b"\n" for _ in [0] * 30
    )
    brought.own_data.add_file(ANNA, wide, "wide.csv")
    digest = hashlib.sha256(wide).hexdigest()
    visitor = visit_as(ANNA, file=digest)
    state = visitor.session_state
    names = [f"c{k}" for k in range(21)]
    state[f"data-choices-{digest}"] = state[f"data-choices-{digest}"].with_roles(names, "target")
    wait(visitor.run())
    assert "21 columns are targets; the limit is 20" in text_of(visitor.warning)
    wait(_targets(visitor).set_value(names[:20]).run())
    assert "are numbers, so networks learn" in text_of(visitor.markdown)


def test_the_type_of_several_targets_is_another_control_than_that_of_one(
    brought: Services,
) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    # The third column: a key of its place was also the key of two targets.
    wait(select(visitor, ONE).select("waist").run())
    one = select(visitor, "Target type")
    assert (one.options, one.value) == (["Classes", "A number"], "number")
    visitor = _choose(visitor, "weight", "waist")
    several = select(visitor, "Target type")
    assert (several.options, several.value) == (["Labels", "Numbers"], "number")
    assert one.key != several.key


def test_the_table_of_columns_can_change_the_targets(brought: Services) -> None:
    visitor = _choose(visit_as(ANNA, file=DIGEST), "weight", "waist")
    state = visitor.session_state
    changed = state[f"data-choices-{DIGEST}"].with_roles(["waist"], "feature")
    state[f"data-choices-{DIGEST}"] = changed
    state["data-n-changes"] = 1  # as `columns_table` does
    wait(visitor.run())
    assert _roles(visitor) == ["weight"]
    assert _targets(visitor).value == ["weight"]
