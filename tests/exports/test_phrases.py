"""The score lines of exported scripts, against scikit-learn."""

import re
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics

from annlab.exports import keras, lightning
from annlab.exports.phrases import Phrases
from annlab.exports.scores import SCORE_CODES
from annlab.nn.tasks import TASKS
from tests.conftest import CONFIGS

N = 200
ORACLES = {
    "accuracy": metrics.accuracy_score,
    "label_accuracy": lambda y, predicted: 1 - metrics.hamming_loss(y, predicted),
    "subset_accuracy": metrics.accuracy_score,
    "mse": metrics.mean_squared_error,
}
FRAMEWORKS: dict[str, tuple[Phrases, Any]] = {
    "lightning": (lightning._PHRASES, torch.tensor),
    "keras": (keras._PHRASES, np.array),
}


def _printed(text: str, capsys: pytest.CaptureFixture[str], **names: Any) -> dict[str, float]:
    exec(text, {"torch": torch, **names})
    found = re.findall(r"^(\w+) on the test split: (\S+)$", capsys.readouterr().out, flags=re.M)
    return {name: float(score) for name, score in found}


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("task", CONFIGS)
def test_scores_are_those_of_scikit_learn(
    task: str, framework: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config, random = CONFIGS[task], np.random.default_rng(0)
    phrases, array = FRAMEWORKS[framework]
    n_outputs, n_targets = config.architecture.n_outputs, config.dataset.spec.n_targets
    output = random.uniform(size=(N, n_outputs))
    y = random.integers(0, max(2, len(config.dataset.class_names)), (N, n_targets))
    predicted = config.task.decode(output)
    names: dict[str, Any] = {"output": array(output), "y": array(y)}
    if n_outputs > n_targets:  # indices of classes
        names["y"] = array(y[:, 0])
    expected_y, expected = y, predicted
    if config.dataset.target_scaling == "standard":
        mean, scale = random.normal(size=(2, n_targets))
        names |= {"target_mean": mean, "target_scale": scale}
        expected_y, expected = y * scale + mean, predicted * scale + mean
    found = _printed(phrases.score(config), capsys, **names)
    assert list(found)[-1] == config.task.headline.name
    assert found == pytest.approx(
        {score.name: ORACLES[score.name](expected_y, expected) for score in config.task.scores},
        abs=6e-5,
    )


def test_every_score_has_its_code() -> None:
    assert set(SCORE_CODES) == {score.name for task in TASKS.values() for score in task.scores}
    assert set(CONFIGS) == set(TASKS)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("task", CONFIGS)
def test_targets_are_what_the_loss_takes(task: str, framework: str) -> None:
    config, random = CONFIGS[task], np.random.default_rng(0)
    phrases, _ = FRAMEWORKS[framework]
    n_targets = config.dataset.spec.n_targets
    y = random.integers(0, max(2, len(config.dataset.class_names)), (N, n_targets))
    mean, scale = np.zeros(n_targets), np.ones(n_targets)
    if config.dataset.target_scaling == "standard":
        mean, scale = random.normal(size=(2, n_targets))
    names = {"torch": torch, "target_mean": mean, "target_scale": scale}
    found = eval(phrases.target(config), {**names, "y": y if n_targets > 1 else y[:, 0]})
    if config.architecture.n_outputs > n_targets:
        np.testing.assert_array_equal(found, y[:, 0])
        return
    assert found.dtype in (torch.float32, np.float32)
    np.testing.assert_allclose(found, (y - mean) / scale, rtol=1e-6)
