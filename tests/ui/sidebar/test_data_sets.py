"""Labels in the list of data sets, by which Streamlit tells its entries."""

from typing import Any

import pytest

from annlab.config.settings import SETTINGS
from annlab.datasets import DATASETS
from annlab.datasets.own.own_data import OwnData
from annlab.setting_type import Choice
from annlab.ui.sidebar import data_sets as module
from annlab.ui.sidebar.data_sets import labels_of_data_sets
from annlab.ui.state.own_choice import YOUR_FILE, YOUR_FILE_LABEL, value_of_own
from tests.store.own import make_table

KIND = SETTINGS["data"].kind
XOR = DATASETS["xor"].label


def _own(seed: int = 0, n_rows: int = 40, **changes: Any) -> OwnData:
    own = make_table(seed, n_rows).own
    return OwnData.model_validate({**own.model_dump(), **changes})


@pytest.fixture
def labels(monkeypatch: pytest.MonkeyPatch) -> Any:
    def of(*sets: OwnData) -> list[str]:
        """Labels of data sets of one's own, after those of two other entries."""
        known = {value_of_own(own): own for own in sets}
        monkeypatch.setattr(module, "own_of", lambda value, current: known.get(value))
        assert isinstance(KIND, Choice)
        found = labels_of_data_sets(KIND, ["xor", *known, YOUR_FILE], {"own": None})
        assert list(found) == ["xor", *known, YOUR_FILE]
        assert len({*found.values()}) == len(found)
        assert (found["xor"], found[YOUR_FILE]) == (XOR, YOUR_FILE_LABEL)
        return [found[value] for value in known]

    return of


def test_names_alone_where_they_differ(labels: Any) -> None:
    assert labels(_own(0, title="a.csv"), _own(1, title="b.csv")) == ["a.csv", "b.csv"]


def test_equal_names_are_followed_by_what_differs(labels: Any) -> None:
    one, other = _own(0), _own(1, target_name="place")
    assert labels(one, other, _own(2, title="b.csv")) == [
        "leaves.csv · kind",
        "leaves.csv · place",
        "b.csv",
    ]
    fewer = _own(1, columns=one.columns[:1])
    assert labels(one, fewer) == ["leaves.csv · 2 features", "leaves.csv · 1 feature"]
    assert labels(_own(0), _own(1, 60)) == ["leaves.csv · 40 rows", "leaves.csv · 60 rows"]
    # The target tells one of three apart, and the number of rows the others.
    assert labels(_own(0), other, _own(2, 60)) == [
        "leaves.csv · kind · 40 rows",
        "leaves.csv · place",
        "leaves.csv · kind · 60 rows",
    ]


def test_otherwise_a_mark_of_the_content_tells_them_apart(labels: Any) -> None:
    one, other = _own(0), _own(1)
    assert labels(one, other) == [f"leaves.csv · {own.content[:6]}" for own in (one, other)]


def test_a_name_of_a_built_in_data_set_stays_with_it(labels: Any) -> None:
    assert labels(_own(title=XOR)) == [f"{XOR} · kind"]
    assert labels(_own(title=YOUR_FILE_LABEL)) == [f"{YOUR_FILE_LABEL} · kind"]
