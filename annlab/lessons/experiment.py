"""What an experiment is: models on the same data, a question, and claims."""

from dataclasses import dataclass
from typing import Any, Literal

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig

Group = Literal["annlab's own", "As in the tutorial"]
Measure = Literal[
    "accuracy",
    "label_accuracy",
    "mse",
    "truth",
    "gradient",
    "inactive",
    "log_loss",
    "excess",
    "rare_recall",
]
Where = Literal["test", "train", "inside", "gap", "outside"]

# Whether a higher value is better. "truth" is the root mean squared error against the true
# function, "gradient" the log10 ratio of first-layer to last-layer gradient, "inactive" the share
# of inactive hidden units, "excess" how much surer of its decisions a network is than it is right,
# "rare_recall" the share found of the rarest class.
HIGHER_IS_BETTER: dict[Measure, bool] = {
    "accuracy": True,
    "label_accuracy": True,
    "mse": False,
    "truth": False,
    "gradient": True,
    "inactive": False,
    "log_loss": False,
    "excess": False,
    "rare_recall": True,
}


@dataclass(frozen=True)
class Claim:
    """Expected difference of one measure between two models, network by network.

    Attributes
    ----------
    ahead, of : int
        Index of the model that is ahead, and index of the other model; 0 is A.
    measure : str
        A name in `HIGHER_IS_BETTER`.
    where : str
        Split of the measure, or for "truth" the region: inside the samples, in the gap between
        them, or outside.
    by : float
        Minimum lead; with `level`, maximum difference.
    in_networks : int
        Minimum number of networks, of ten, in which the claim holds.
    epoch : int or None
        Epoch of the measurement; None: the end.
    level : bool
        Whether the claim is that neither model is ahead.
    """

    ahead: int
    of: int
    measure: Measure
    where: Where
    by: float
    in_networks: int
    epoch: int | None = None
    level: bool = False


@dataclass(frozen=True)
class Experiment:
    """Two or more models on the same data.

    Attributes
    ----------
    page : str
        Page that offers the experiment.
    name : str
        Short name.
    title : str
        Title shown on the page.
    question : str
        Question for the student, without the answer.
    runs : tuple of RunConfig
        Models on the same data, A first.
    claims : tuple of Claim
        Expected results; empty for the tutorials' experiments.
    default : bool
        Whether the page opens with this experiment.
    group : str
        Published in a tutorial, or annlab's own.
    """

    page: str
    name: str
    title: str
    question: str
    runs: tuple[RunConfig, ...]
    claims: tuple[Claim, ...] = ()
    default: bool = False
    group: Group = "annlab's own"

    @property
    def sentence(self) -> str:
        """Title with the mark at its end: "A line and a curve.", "Feature or layer?"."""
        return self.title if self.title.endswith("?") else f"{self.title}."

    @property
    def label(self) -> str:
        """Title, marked if the experiment is from a tutorial."""
        return self.title if self.group == "annlab's own" else f"Tutorial {self.title}"


def bench_runs(
    data: dict[str, Any], training: dict[str, Any], *models: dict[str, Any]
) -> tuple[RunConfig, ...]:
    """Runs with common data and training settings; a model may override training settings."""
    runs = []
    for model in models:
        own = {key: value for key, value in model.items() if key in TrainingConfig.model_fields}
        network = {key: value for key, value in model.items() if key not in own}
        runs.append(
            RunConfig(
                dataset=DatasetConfig(**data),
                model=ModelConfig(**network),
                training=TrainingConfig(**{**training, **own}),
            )
        )
    return tuple(runs)
