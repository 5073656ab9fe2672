"""WHAT to run: frozen, validated configs, their limits, digests and addresses."""

import hashlib
import json
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from annlab.activations import ACTIVATIONS
from annlab.datasets.dataset import DatasetSpec
from annlab.datasets.functions import FUNCTIONS
from annlab.datasets.registry import DATASETS
from annlab.fields import BY_URL, FIELDS, from_query
from annlab.initialisers import INITIALISERS
from annlab.limits import (
    MAX_LAYERS,
    MAX_RUN_BYTES,
    MAX_STEP_BYTES,
    MAX_UNITS,
    AnyFloat,
    AnyInt,
    Float,
    Int,
    check_between,
    max_work,
    name_in,
)
from annlab.optimizers import OPTIMIZERS
from annlab.recording import most_bytes, samples_at_once, step_bytes
from annlab.tasks import LOSSES, TASKS, Task

# Part of every digest: a change of the engine that changes results counts it up, so that
# results stored by an older engine are not taken for new ones.
RESULTS_VERSION = 2

Scaling = Literal["none", "minmax", "standard"]
TargetScaling = Literal["none", "standard"]
Accelerator = Literal["auto", "cpu", "gpu"]
ActivationName = Annotated[str, name_in(ACTIVATIONS)]
InitialiserName = Annotated[str, name_in(INITIALISERS)]
OptimizerName = Annotated[str, name_in(OPTIMIZERS)]
LossName = Annotated[str, name_in(LOSSES)]
DatasetName = Annotated[str, name_in(DATASETS)]
FunctionName = Annotated[str, name_in(FUNCTIONS)]

# One step of even the smallest network costs about as much as this many parameters.
_OVERHEAD_IN_PARAMETERS = 5_000
# A step takes the same time for up to about so many samples, and for more its time grows with them.
_SAMPLES_IN_STEP = 128


def _digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatasetConfig(_Config):
    """Which points, how they are split, and how they are scaled.

    A field that is left at None takes the published value of that data set, and stays
    None where it does not apply.

    Attributes
    ----------
    name : str
        A name in `annlab.datasets.DATASETS`.
    n_samples, noise, n_classes, seed
        How the points are made. What `noise` means is said by the data set.
    function : str or None
        A name in `annlab.datasets.FUNCTIONS`: what the points are drawn from.
    gap : float or None
        Width of the range of x, around 0, that is left without points.
    outliers : float or None
        Share of points whose y is shifted by +6.
    test_fraction, validation_fraction : float
        Share of all points that is kept for the test, and share of the rest that is kept
        for validation; 0 for none. Stratified by class. A data set with a test part of its
        own has no `test_fraction`.
    split_seed : int
        Seed of the split.
    scaling : {"none", "minmax", "standard"}
        Of the features; fitted on the training part alone.
    target_scaling : {"none", "standard"}
        Of the target while a network learns, for regression; fitted on the training part
        alone. Scores are in the target's own unit.
    """

    name: DatasetName = "moons"
    n_samples: Int | None = None
    noise: AnyFloat | None = None
    n_classes: Int | None = None
    function: FunctionName | None = None
    gap: Float | None = None
    outliers: Float | None = None
    seed: Int | None = None
    test_fraction: Float = 0.0
    validation_fraction: Float = 0.0
    split_seed: Int = 42
    scaling: Scaling = "none"
    target_scaling: TargetScaling = "none"

    @model_validator(mode="before")
    @classmethod
    def _take_published_values(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        name = values.get("name", "moons")
        spec = DATASETS.get(name) if isinstance(name, str) else None
        if spec is None:
            return values
        left_open = {key for key in spec.defaults if values.get(key) is None}
        return {**values, **{key: spec.defaults[key] for key in left_open}}

    @field_validator("n_samples", "noise", "n_classes", "function", "gap", "outliers", "seed")
    @classmethod
    def _applies(cls, value: Any, info: ValidationInfo) -> Any:
        spec = DATASETS.get(info.data.get("name", ""))
        if spec and value is not None and info.field_name not in spec.defaults:
            raise ValueError(f"does not apply to {spec.label}")
        return value

    @field_validator("noise")
    @classmethod
    def _noise_range(cls, value: float | None, info: ValidationInfo) -> float | None:
        spec = DATASETS.get(info.data.get("name", ""))
        return check_between(value, spec.noise_range) if spec and value is not None else value

    @field_validator("test_fraction")
    @classmethod
    def _own_test_part(cls, value: float, info: ValidationInfo) -> float:
        spec = DATASETS.get(info.data.get("name", ""))
        if spec and spec.n_test_rows and value:
            raise ValueError(f"must be 0: {spec.label} has a test part of its own")
        return value

    @field_validator("target_scaling")
    @classmethod
    def _has_a_scale(cls, value: str, info: ValidationInfo) -> str:
        spec = DATASETS.get(info.data.get("name", ""))
        if spec and spec.task != "regression" and value != "none":
            raise ValueError(f"does not apply to {spec.label}, whose targets are classes")
        return value

    @model_validator(mode="after")
    def _enough_points(self) -> Self:
        sizes = {"train": self.n_train, "test": self.n_test}
        sizes["validation"] = self.n_points - self.n_test - self.n_train
        needed = 2 * max(1, len(self.class_names))
        for part, size in sizes.items():
            if size < needed and (part == "train" or getattr(self, f"{part}_fraction")):
                raise ValueError(
                    f"{part}_fraction: the {part} part would have {size} of "
                    f"{self.n_points} points; it needs {needed}"
                    if part != "train"
                    else f"test_fraction: only {size} points would be left for training"
                )
        return self

    @property
    def spec(self) -> DatasetSpec:
        """The registry's entry of this data set."""
        return DATASETS[self.name]

    @property
    def n_points(self) -> int:
        """Number of points in all parts together."""
        return (self.n_samples or self.spec.n_rows) + self.spec.n_test_rows

    @property
    def n_test(self) -> int:
        """Number of points that are kept for the test."""
        return self.spec.n_test_rows or round(self.n_points * self.test_fraction)

    @property
    def has_test(self) -> bool:
        """Whether there is a test part."""
        return self.n_test > 0

    @property
    def n_train(self) -> int:
        """About how many points are left for training."""
        left = (1 - self.test_fraction) * (1 - self.validation_fraction)
        return round((self.n_points - self.spec.n_test_rows) * left)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes; empty for regression."""
        return self.spec.names_of_classes(self.n_classes)

    @property
    def digest(self) -> str:  # not cached: model_copy would take a cached one along
        """SHA-256 of the canonical JSON."""
        return _digest({"dataset": self.model_dump(mode="json"), "version": RESULTS_VERSION})


class ModelConfig(_Config):
    """The network.

    Attributes
    ----------
    hidden_sizes : tuple of int
        Units of each hidden layer; () is logistic, softmax or linear regression.
    activation : str
        Of every hidden layer, a name in `annlab.activations.ACTIVATIONS`.
    output_activation : str or None
        None: the task's own.
    init : str
        How the weights start; the biases start at zero ("pytorch": both uniform).
    dropout : float
        Share of hidden units that is switched off at random in each training step.
    """

    hidden_sizes: tuple[AnyInt, ...] = ()
    activation: ActivationName = "relu"
    output_activation: ActivationName | None = None
    init: InitialiserName = "glorot_uniform"
    dropout: Float = 0.0

    @field_validator("hidden_sizes")
    @classmethod
    def _sizes(cls, sizes: tuple[int, ...]) -> tuple[int, ...]:
        if len(sizes) > MAX_LAYERS:
            raise ValueError(f"at most {MAX_LAYERS} layers, got {len(sizes)}")
        wrong = [size for size in sizes if not 1 <= size <= MAX_UNITS]
        if wrong:
            raise ValueError(f"a layer has 1 to {MAX_UNITS} units, got {wrong[0]}")
        return sizes

    @field_validator("activation")
    @classmethod
    def _elementwise(cls, name: str) -> str:
        if not ACTIVATIONS[name].elementwise:
            raise ValueError(f"{ACTIVATIONS[name].label} can only stand at the output")
        return name

    @property
    def label(self) -> str:
        """The network in a few words, such as "MLP 4-2, Tanh"."""
        if not self.hidden_sizes:
            return "No hidden layer"
        sizes = "-".join(str(size) for size in self.hidden_sizes)
        return f"MLP {sizes}, {ACTIVATIONS[self.activation].label}"


class TrainingConfig(_Config):
    """How the network learns.

    Attributes
    ----------
    optimizer, learning_rate, momentum
        `momentum` is used by the optimizers "momentum" and "nesterov" only.
    weight_decay : float
        L2 on the weights (not on the biases): adds ``weight_decay * w`` to the gradient;
        decoupled from it for "adamw".
    loss : str or None
        None: the task's own.
    batch_size, max_epochs
        Samples per step, passes over the training part.
    early_stopping_patience : int
        A network stops after this many epochs without a better loss (on the validation
        part where there is one); 0: never.
    n_seeds, seed : int
        Networks trained at once; number k starts from ``seed + k``.
    record_gradients : bool
        Whether the history also holds, for each layer, the norm of the loss's gradient with
        respect to its weights and the share of units that are inactive.
    accelerator : {"auto", "cpu", "gpu"}
        What it is computed on.
    """

    optimizer: OptimizerName = "adam"
    learning_rate: Float = 0.001
    momentum: Float = 0.9
    weight_decay: Float = 0.0
    loss: LossName | None = None
    batch_size: Int = 32
    max_epochs: Int = 100
    early_stopping_patience: Int = 0
    n_seeds: Int = 1
    seed: Int = 0
    record_gradients: bool = False
    accelerator: Accelerator = "auto"


class RunConfig(_Config):
    """One run: data, network, training.

    Attributes
    ----------
    dataset : DatasetConfig
    model : ModelConfig
    training : TrainingConfig
    """

    dataset: DatasetConfig = Field(default_factory=DatasetConfig)
    model: ModelConfig = Field(default_factory=ModelConfig)
    training: TrainingConfig = Field(default_factory=TrainingConfig)

    @model_validator(mode="after")
    def _fits_the_task(self) -> Self:
        allowed = self.task.output_activations
        if self.output_activation not in allowed:
            raise ValueError(
                f"output_activation: {self.task.label.lower()} can have {', '.join(allowed)}; "
                f"got {self.output_activation!r}"
            )
        if self.loss not in self.task.losses:
            raise ValueError(
                f"loss: {self.task.label.lower()} can have {', '.join(self.task.losses)}; "
                f"got {self.loss!r}"
            )
        return self

    @model_validator(mode="after")
    def _tasks_own_is_left_open(self) -> Self:
        # The same run is the same config, whether or not it names what it would have anyhow.
        for section, name, own in (
            ("model", "output_activation", self.task.output_activations[0]),
            ("training", "loss", self.task.losses[0]),
        ):
            part = getattr(self, section)
            if getattr(part, name) == own:
                object.__setattr__(self, section, part.model_copy(update={name: None}))
        return self

    @model_validator(mode="after")
    def _within_max_work(self) -> Self:
        training = self.training
        # n_seeds × n_parameters counted with the fixed cost of a step, so that a million
        # steps of a tiny network are not taken for little work.
        samples = max(1.0, min(training.batch_size, self.dataset.n_train) / _SAMPLES_IN_STEP)
        per_step = max(training.n_seeds * self.n_parameters * samples, _OVERHEAD_IN_PARAMETERS)
        work = per_step * self.n_steps
        if work > max_work():
            times = f"{work / max_work():.1f} times" if work > 1.05 * max_work() else "more than"
            # Larger ones save nothing where the time goes with the samples.
            batches = "" if samples > 1 else ", larger batches"
            raise ValueError(
                f"this is {times} the work that is allowed here ({training.n_seeds:,} networks × "
                f"{self.n_steps:,} steps × {self.n_parameters:,} parameters): take fewer networks, "
                f"fewer epochs{batches} or smaller layers"
            )
        return self

    @model_validator(mode="after")
    def _within_max_step_bytes(self) -> Self:
        n_bytes = step_bytes(self)
        if n_bytes > MAX_STEP_BYTES:
            samples = samples_at_once(self)
            batches = samples <= self.training.batch_size
            raise ValueError(
                f"to learn from {samples:,} samples at once, this would need {n_bytes / 1e6:,.0f} "
                f"MB of memory; at most {MAX_STEP_BYTES / 1e6:,.0f} MB are allowed: take fewer "
                f"networks, smaller layers or {'smaller batches' if batches else 'no gradients'}"
            )
        return self

    @model_validator(mode="after")
    def _within_max_bytes(self) -> Self:
        n_bytes = most_bytes(self)
        if n_bytes > MAX_RUN_BYTES:
            raise ValueError(
                f"the weights and the history of this run would take {n_bytes / 1e6:,.0f} MB; at "
                f"most {MAX_RUN_BYTES / 1e6:.0f} MB are kept: take fewer networks, fewer epochs or "
                "smaller layers"
            )
        return self

    @property
    def task(self) -> Task:
        """What is to be predicted."""
        return TASKS[self.dataset.spec.task]

    @property
    def output_activation(self) -> str:
        """The output activation, the task's own where none was chosen."""
        return self.model.output_activation or self.task.output_activations[0]

    @property
    def loss(self) -> str:
        """The loss, the task's own where none was chosen."""
        return self.training.loss or self.task.losses[0]

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units of every layer, from the features to the outputs."""
        n_outputs = self.task.n_outputs(len(self.dataset.class_names))
        return (self.dataset.spec.n_features, *self.model.hidden_sizes, n_outputs)

    @property
    def n_parameters(self) -> int:
        """Weights and biases of one network."""
        sizes = self.layer_sizes
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))

    @property
    def n_steps(self) -> int:
        """Steps of the optimizer in a whole run."""
        batches = -(-self.dataset.n_train // self.training.batch_size)
        return batches * self.training.max_epochs

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the same for the same run, on any machine."""
        return _digest({"run": self.model_dump(mode="json"), "version": RESULTS_VERSION})

    def linear(self) -> Self:
        """The same run of the linear model: logistic, softmax or linear regression."""
        model = self.model.model_copy(update={"hidden_sizes": (), "dropout": 0.0})
        return self.model_copy(update={"model": model})

    def to_url(self) -> str:
        """The config as a query string: what differs from the defaults."""
        return urlencode(to_query(self))

    @classmethod
    def from_url(cls, text: str) -> Self:
        """The config in a query string, or in a whole address.

        Raises
        ------
        ValidationError
            If a value makes no sense.
        ValueError
            If there is a name that means nothing here.
        """
        query = dict(parse_qsl(urlsplit(text).query if "?" in text else text))
        unknown = set(query) - set(BY_URL)
        if unknown:
            raise ValueError(f"unknown in an address: {', '.join(sorted(unknown))}")
        return cls.model_validate(from_query(query))


def to_query(config: RunConfig) -> dict[str, str]:
    """What differs from the defaults, by its name in an address."""
    defaults = RunConfig(dataset=DatasetConfig(name=config.dataset.name))
    return {
        field.url: field.to_text(config)
        for field in FIELDS
        if field.url == "data" or field.of(config) != field.of(defaults)
    }


SCALINGS: tuple[str, ...] = get_args(Scaling)
TARGET_SCALINGS: tuple[str, ...] = get_args(TargetScaling)
