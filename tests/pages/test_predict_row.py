"""Tab Predict a row: fields of a sample, predictions of all networks, the true value."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import load_dataset
from annlab.analysis.prediction import predict
from annlab.ui.services import Services
from annlab.ui.shell import PAGES
from annlab.ui.text.scores_text import with_spread
from tests.ui.visitor import open_tab, results, runs_in_address, text_of

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

SHORT = {"test": "0.2", "epochs": "3", "seeds": "3", "scaling": "standard"}
TITLE = "Predict a row"


def _opened(page: str, server: Services, **settings: str) -> AppTest:
    bench = PAGES[page].bench
    return open_tab(results(PAGES[page].file, server, **settings), bench, TITLE)


def _fields(visitor: AppTest) -> dict[str, Any]:
    found = [*visitor.number_input, *visitor.selectbox]
    return {w.label: w for w in found if w.key and w.key.startswith("row-") and "-" in w.key[4:]}


def test_a_sample_fills_the_fields_and_its_true_value_is_shown(idle: Services) -> None:
    visitor = _opened("regression", idle, data="diabetes", **SHORT)
    fields = _fields(visitor)
    (config, *_) = runs_in_address(visitor)
    dataset = load_dataset(config)
    assert list(fields) == [name.replace("_", "\\_") for name in dataset.feature_names]
    raw = np.asarray(config.dataset.spec.make()[0])
    row = np.array([widget.value for widget in fields.values()])
    assert np.abs(raw - row).max(axis=1).min() < 1e-6
    run = idle.repository.run(config)
    assert run
    values = predict(config, run.layers(), dataset, dataset.X_test[:1])[:, 0]
    text = text_of(visitor.markdown)
    assert f"**{with_spread(values)}**" in text
    assert f"| *true value* | {dataset.y_test[0]:.1f}" in text


@pytest.mark.parametrize(
    ("page", "data", "names"),
    [
        ("logistic_vs_mlp", "moons", ["x1", "x2"]),
        ("logistic_vs_mlp", "rare", ["x1", "x2"]),
        ("multiclass", "blobs", ["x1", "x2"]),
        ("regression", "function_1d", ["x"]),
    ],
)
def test_generated_data_have_fields_too(
    idle: Services, page: str, data: str, names: list[str]
) -> None:
    visitor = _opened(page, idle, data=data, **SHORT)
    fields = _fields(visitor)
    assert list(fields) == names
    before = text_of(visitor.markdown)
    next(iter(fields.values())).set_value(0.25).run()
    assert not visitor.exception
    assert text_of(visitor.markdown) != before
    assert "You changed this row" in text_of(visitor.caption)


def test_a_changed_row_has_no_true_value_and_says_where_it_extrapolates(idle: Services) -> None:
    visitor = _opened("multiclass", idle, data="wine", **SHORT)
    assert "*true class*" in text_of(visitor.markdown)
    before = text_of(visitor.markdown)
    _fields(visitor)["alcohol"].set_value(30.0).run()
    assert not visitor.exception
    after = text_of(visitor.markdown)
    assert "*true class*" not in after
    assert after != before
    said = text_of(visitor.caption)
    assert "the networks extrapolate: alcohol is 30.00, in the training samples" in said
    assert "You changed this row" in said
    visitor.button("row-reset").click().run()
    assert text_of(visitor.markdown) == before
    visitor.number_input("row-sample").set_value(2).run()
    assert _fields(visitor)["alcohol"].value != 30.0
    assert "*true class*" in text_of(visitor.markdown)


def test_an_empty_field_is_asked_for(idle: Services) -> None:
    visitor = _opened("multiclass", idle, data="iris", **SHORT)
    _fields(visitor)["petal width \\(cm\\)"].set_value(None).run()
    assert not visitor.exception
    assert "needs a value\\: none is missing in the data" in text_of(visitor.warning)


def test_a_typical_row_has_the_medians(idle: Services) -> None:
    visitor = _opened("regression", idle, data="diabetes", **SHORT)
    visitor.button("row-typical").click().run()
    (config, *_) = runs_in_address(visitor)
    raw = np.asarray(config.dataset.spec.make()[0])
    row = [widget.value for widget in _fields(visitor).values()]
    np.testing.assert_allclose(row, np.median(raw, axis=0), atol=0.01)


def test_pictures_are_chosen_and_not_typed(idle: Services) -> None:
    visitor = _opened("multiclass", idle, data="digits", **SHORT)
    assert not _fields(visitor)
    assert "*true class*" in text_of(visitor.markdown)
