"""A task that only tests know: counts, learned by Poisson regression."""

from dataclasses import replace
from typing import Any

import pytest
from scipy.special import xlogy

from annlab.datasets import DATASETS
from annlab.datasets.spec import Array, DatasetSpec
from annlab.exports.scores import SCORE_CODES, ScoreCode
from annlab.nn.losses import LOSSES, Loss
from annlab.nn.tasks import TASKS, Score


def make_visits(n_samples: int, seed: int) -> tuple[Array, Array]:
    import numpy as np

    random = np.random.RandomState(seed)
    x = random.uniform(-2, 2, n_samples)
    return x[:, None], random.poisson(np.exp(1 + 0.7 * x))


def _deviance(y: Array, mean: Array) -> Array:
    # 2 (y ln(y / μ) - y + μ) for every sample, averaged over the targets.
    deviance: Array = 2 * (xlogy(y, y / mean) - y + mean).mean(-1)
    return deviance


def _deviance_of_output(xp: Any, target: Any, output: Any) -> Any:
    # The same for arrays and tensors; where a target is 0, so is its product with a logarithm.
    ratio = xp.where(target > 0, target, output) / output
    return (2 * (target * xp.log(ratio) - target + output)).mean(-1)


def _half_deviance(xp: Any, target: Any, output: Any, logits: Any) -> Any:
    return _deviance_of_output(xp, target, output) / 2


POISSON = Loss(
    name="poisson",
    label="Poisson deviance",
    formula=r"\hat y - y + y \ln (y / \hat y)",
    value=_half_deviance,
    gradient=lambda xp, target, output, logits: (1 - target / output) / output.shape[-1],
    # Both without the terms of the target alone, which no weight changes.
    torch_loss="F.poisson_nll_loss(output, y, log_input=False, eps=0)",
    keras_loss="keras.losses.Poisson()",
)
DEVIANCE = Score(
    name="deviance",
    label="Mean deviance",
    higher_is_better=False,
    is_share=False,
    of_output=_deviance_of_output,
    of_prediction=_deviance,
)
COUNTS = replace(
    TASKS["regression"],
    name="counts",
    label="Counts",
    linear_model="Poisson regression",
    losses=("poisson", "mse"),
    output_activations=("softplus",),
    scores=(DEVIANCE,),
    scales_target=False,
)
VISITS = DatasetSpec(
    name="visits",
    label="Visits",
    task="counts",
    make=make_visits,
    n_features=1,
    defaults={"n_samples": 300, "seed": 0},
    target_name="visits",
    description="How many visitors come in an hour?",
    source="Poisson distribution whose mean is exp(1 + 0.7 x)",
)


def add_counts(patch: pytest.MonkeyPatch) -> None:
    """Add the task, its loss, its score and its data set to the registries."""
    patch.setitem(TASKS, "counts", COUNTS)
    patch.setitem(LOSSES, "poisson", POISSON)
    patch.setitem(DATASETS, "visits", VISITS)
    patch.setitem(
        SCORE_CODES,
        "deviance",
        ScoreCode(
            "2 * (torch.special.xlogy(y, y / output) - y + output).mean()",
            "mean_poisson_deviance(y, $prediction)",
        ),
    )
