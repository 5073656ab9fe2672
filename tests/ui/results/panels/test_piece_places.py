"""The piece at a place: its outline and its words."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from annlab import Dataset, ModelConfig, RunConfig, TrainingConfig, load_dataset, train
from annlab.ui.results.panels import piece_places

CONFIG = RunConfig(
    model=ModelConfig(hidden_sizes=(5, 3)),
    training=TrainingConfig(max_epochs=3, learning_rate=0.02),
)


@pytest.fixture(scope="module")
def view(trained: Any) -> Any:
    dataset = load_dataset(CONFIG.dataset)
    return SimpleNamespace(runs=[trained(CONFIG)], dataset=dataset, weights=["last"], network=0)


def test_outline_surrounds_the_place_and_the_function_is_the_networks(view: Any) -> None:
    run = view.runs[0]
    rng = np.random.default_rng(0)
    layers = [(W[0].astype(float), b[0].astype(float)) for W, b in run.layers()]
    for place in rng.uniform((-1.2, -0.7), (2.2, 1.2), size=(50, 2)):
        text, polygon = piece_places._found(view, 0, tuple(place))
        corners = np.array(polygon)
        sides = np.roll(corners, -1, axis=0) - corners
        to_place = place - corners
        left = sides[:, 0] * to_place[:, 1] - sides[:, 1] * to_place[:, 0]
        assert (left >= -1e-9).all()  # counterclockwise, so inside is on the left
        # Inside, the logit is linear: its middle value is the mean of those at the corners.
        inner = 0.999 * corners + 0.001 * corners.mean(axis=0)
        logits = _logits(layers, inner)
        assert _logits(layers, inner.mean(axis=0)[None]) == pytest.approx(logits.mean(), abs=1e-6)
        assert text.startswith("piece ")


def _logits(layers: Any, X: Any) -> Any:
    for W, b in layers[:-1]:
        X = np.maximum(X @ W + b, 0)
    W, b = layers[-1]
    return X @ W + b


def test_there_is_no_piece_outside_the_plane(view: Any) -> None:
    assert piece_places._found(view, 0, (99.0, 0.0)) == ("", [])


def test_names_of_inputs_are_no_markdown() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 2))
    dataset = Dataset.from_arrays(X, X[:, 0] > 0, feature_names=["$x$", "<b>"])
    config = CONFIG.model_copy(update={"dataset": dataset.config})
    run = train(config, dataset=dataset)
    own: Any = SimpleNamespace(runs=[run], dataset=dataset, weights=["last"], network=0)
    text, _ = piece_places._found(own, 0, (0.0, 0.0))
    assert r"\$x\$" in text
    assert r"\<b\>" in text
