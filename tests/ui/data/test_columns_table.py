"""Table of columns on the page: what it says of each, and changes of several at once."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from annlab.datasets.own.reading.columns import N_BINS, N_TOP
from annlab.ui.services import Services
from annlab.ui.text.own_data_text import ROLES, TYPES
from tests.store.own import ANNA
from tests.ui.data.data_page import button, columns, open_file, select, wait
from tests.ui.visitor import text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

N_ROWS = 60


def _file() -> bytes:
    """A column of each type, gaps in some, three rows of each patient, and two classes."""
    random = np.random.default_rng(0)
    size = random.gamma(4, 2, N_ROWS).round(2)
    rows = [
        [
            f"{size[k]}" if k % 7 else "",
            f"{random.integers(1, 5)}",
            f"{random.normal(50, 9):.1f}",
            ["red", "green", "blue", "green", ""][k % 5],
            f"2019-05-{k % 28 + 1:02d}",
            f"remark {k}, in words",
            f"p{k // 3}",
            "yes" if size[k] > 7 else "no",
        ]
        for k in range(N_ROWS)
    ]
    header = ["size", "grade", "weight", "color", "day", "remark", "patient", "kind"]
    file = io.StringIO()
    pd.DataFrame(rows, columns=header).to_csv(file, index=False)
    return file.getvalue().encode()


FILE = _file()
TABLE = pd.read_csv(io.BytesIO(FILE), keep_default_na=False, na_values=[""])
NAMES = [str(name) for name in TABLE]


def _select_rows(visitor: AppTest, names: list[str]) -> None:
    """Select rows of the table as the browser reports it."""
    rows = [NAMES.index(name) for name in names]
    key = visitor.dataframe[0].key
    visitor.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    wait(visitor.run())


def _change(visitor: AppTest, names: list[str], what: str, value: str) -> None:
    _select_rows(visitor, names)
    wait(select(visitor, what).select(value).run())


def _of(visitor: AppTest, what: str) -> dict[str, Any]:
    return {name: row[what] for name, row in columns(visitor).items()}


@pytest.mark.parametrize("name", NAMES)
def test_cells_say_what_pandas_counts(name: str, server: Services) -> None:
    row, values = columns(open_file(server, FILE))[name], TABLE[name]
    assert row["Missing"] == values.isna().sum()
    assert row["Distinct"] == values.nunique()
    if pd.api.types.is_numeric_dtype(values):
        assert row["Type"] == "Number"
        low, high = map(float, row["Range"].split(" to "))
        assert (low, high) == (values.min(), values.max())
        counts, _ = np.histogram(values.dropna(), N_BINS)
    else:
        counts = values.value_counts().to_numpy()[:N_TOP]
        if name != "remark":  # its values hold commas
            shown = row["Range"].split(", ")
            assert [(values == text).sum() for text in shown] == counts.tolist()
    assert row["Values"] == pytest.approx(counts / counts.max(), abs=5e-4)


def test_types_and_roles_are_those_of_the_rules(server: Services) -> None:
    visitor = open_file(server, FILE)
    assert _of(visitor, "Type") == {
        **dict.fromkeys(("size", "grade", "weight"), "Number"),
        **dict.fromkeys(("color", "patient", "kind"), "Category"),
        "day": "Date",
        "remark": "Text",
    }
    ignored = {"day", "remark"}
    assert {name for name, role in _of(visitor, "Role").items() if role == "Ignored"} == ignored
    # A number with gaps has an input more; of a category, each value and the gap have one.
    inputs = {name: n for name, n in _of(visitor, "Inputs").items() if not pd.isna(n)}
    assert {name: n for name, n in inputs.items() if name != "patient"} == {
        "size": 2,
        "grade": 1,
        "weight": 1,
        "color": 4,
    }


def test_several_columns_are_changed_at_once(server: Services) -> None:
    visitor = open_file(server, FILE)
    before = _of(visitor, "Role")
    _select_rows(visitor, ["size", "grade", "color"])
    assert "of 3 columns selected below." in text_of(visitor.caption)
    assert select(visitor, "Role").options == list(ROLES.values())
    assert select(visitor, "Type").options == list(TYPES.values())
    wait(select(visitor, "Role").select("ignored").run())
    ignored = dict.fromkeys(("size", "grade", "color"), "Ignored")
    assert _of(visitor, "Role") == {**before, **ignored}
    # The control is empty again; the rows stay selected.
    assert select(visitor, "Role").value is None
    wait(select(visitor, "Role").select("feature").run())
    assert _of(visitor, "Role") == before
    _change(visitor, ["grade", "weight"], "Type", "category")
    assert {_of(visitor, "Type")[name] for name in ("grade", "weight")} == {"Category"}
    assert _of(visitor, "Type")["size"] == "Number"
    assert _of(visitor, "Inputs")["grade"] == TABLE["grade"].nunique()
    assert "Select rows below" not in text_of(visitor.caption)


def test_without_a_selection_nothing_can_be_changed(server: Services) -> None:
    visitor = open_file(server, FILE)
    assert select(visitor, "Role").disabled
    assert select(visitor, "Type").disabled
    assert "Select rows below to change the role or type" in text_of(visitor.caption)


def test_one_column_alone_is_the_group_and_several_can_be_targets(server: Services) -> None:
    visitor = open_file(server, FILE)
    _change(visitor, ["patient", "color"], "Role", "group")
    assert [name for name, role in _of(visitor, "Role").items() if role == "Group"] == ["patient"]
    assert _of(visitor, "Role")["color"] == "Feature"
    _change(visitor, ["color"], "Role", "group")
    assert [name for name, role in _of(visitor, "Role").items() if role == "Group"] == ["color"]
    _change(visitor, ["grade", "size"], "Role", "target")
    targets = {name for name, role in _of(visitor, "Role").items() if role == "Target"}
    assert targets == {"grade", "size"}


def test_rows_of_a_group_stay_together_in_the_data_set(server: Services) -> None:
    visitor = open_file(server, FILE)
    _change(visitor, ["patient"], "Role", "group")
    assert pd.isna(_of(visitor, "Inputs")["patient"])
    button(visitor, "Use in Logistic vs MLP").click()
    wait(visitor.run())
    (own,) = [
        entry.own for entry in server.own_data.entries(ANNA) if entry.own and entry.own.group_sizes
    ]
    assert own.group_sizes == tuple(TABLE["patient"].value_counts(sort=False))
    assert "patient" not in {column.name for column in own.columns}
    assert next(box for box in visitor.selectbox if box.label == "Data set").value.startswith("own")


def test_what_cannot_be_a_feature_is_refused_in_a_sentence(server: Services) -> None:
    visitor = open_file(server, FILE)
    _change(visitor, ["day"], "Role", "feature")
    assert "“day” is a date and cannot be a feature" in text_of(visitor.warning)
    assert button(visitor, "Use").disabled
    _change(visitor, ["day"], "Type", "category")
    assert not visitor.warning
    assert button(visitor, "Use in Logistic vs MLP")
    every = [name for name in NAMES if name != "kind"]
    _change(visitor, every, "Role", "ignored")
    assert "No column is a feature. Choose the columns to learn from." in text_of(visitor.warning)
