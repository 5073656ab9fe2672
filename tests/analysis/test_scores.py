"""Registries by task or kind of target, and scores of several targets against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

from annlab import evaluate
from annlab.analysis import convergence
from annlab.analysis.diagnosis import checks_on_new_samples, measures, simple_models
from annlab.analysis.scores import SCORINGS, Evaluation, scores_of_errors, sums_of_errors
from annlab.nn.tasks import TASKS


@pytest.mark.parametrize(
    "registry",
    [
        SCORINGS,
        measures.MEASURES,
        simple_models._MODELS,
        checks_on_new_samples._SCORE_SINCE,
        convergence._LOSSES_OF_CONSTANT,
    ],
)
def test_every_kind_of_target_has_its_entry(registry) -> None:
    assert set(registry) == {task.kind for task in TASKS.values()}


@pytest.mark.parametrize("n_targets", [1, 3])
def test_regression_scores_of_several_targets_match_scikit_learn(n_targets: int) -> None:
    random = np.random.default_rng(n_targets)
    y = random.normal(size=(200, n_targets))
    y[:, -1] *= 10
    prediction = y + random.normal(size=(4, 200, n_targets))
    prediction[0] = y
    # Samples come in pieces, whose sums are added up.
    one, other = (
        sums_of_errors(prediction[:, rows], y[rows]) for rows in (slice(70), slice(70, 200))
    )
    found = scores_of_errors({name: one[name] + other[name] for name in one}, y)
    for k in range(4):
        for name, oracle in (
            ("mse", mean_squared_error),
            ("mae", mean_absolute_error),
            ("r2", r2_score),
        ):
            assert found[name][k] == pytest.approx(oracle(y, prediction[k])), name


def test_an_evaluation_states_its_task_and_score(run) -> None:
    found = evaluate(run)
    assert isinstance(found, Evaluation)
    assert found.task is run.config.task
    np.testing.assert_array_equal(found.headline, getattr(found, found.score.name))
    assert found.headline.shape == found.baselines.shape == (run.n_seeds,)
    with pytest.raises(AttributeError):
        _ = found.beauty
