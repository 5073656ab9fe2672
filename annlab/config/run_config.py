"""WHAT to run: frozen, validated configs, their limits, digests and addresses."""

import hashlib
import json
import math
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

from annlab.config.settings import BY_URL, FIELDS, from_query
from annlab.datasets.dataset import DatasetSpec, Sizes
from annlab.datasets.functions import FUNCTIONS
from annlab.datasets.registry import DATASETS
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALISERS
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import LOSSES, TASKS, Task
from annlab.runs.history import data_bytes, most_bytes, samples_at_once, step_bytes
from annlab.validation import (
    MAX_DATA_BYTES,
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

# Part of every digest: a change of the engine that changes results counts it up, so that
# results stored by an older engine are not taken for new ones.
RESULTS_VERSION = 3

Scaling = Literal["none", "minmax", "standard"]
TargetScaling = Literal["none", "standard"]
Resample = Literal["none", "split", "sample", "folds"]
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
    resample : {"none", "split", "sample", "folds"}
        What differs between the networks of a run beside their own seed: nothing; the split
        (network k has ``split_seed + k``); the sample (network k has the data of ``seed + k``; a
        new seed also moves the clouds of "linear" and "blobs"); the fold (network k is tested on
        fold k, there are as many as networks, of equal size, and the samples left over always
        train).
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
    resample: Resample = "none"
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

    @field_validator("resample")
    @classmethod
    def _can_resample(cls, value: str, info: ValidationInfo) -> str:
        spec = DATASETS.get(info.data.get("name", ""))
        if spec is None or value == "none":
            return value
        if value == "sample" and "seed" not in spec.defaults:
            raise ValueError(
                f"'sample' is for generated data; the samples of {spec.label} are given. Try "
                "'split' or 'folds'"
            )
        if value == "sample" and spec.only_noise_is_random and not info.data.get("noise"):
            raise ValueError(
                "'sample' needs noise: without it, every network would get the same samples"
            )
        if value in ("split", "folds") and spec.n_test_rows:
            raise ValueError(f"'{value}' does not apply: {spec.label} has a published test set")
        held_out = [info.data.get(f"{name}_fraction", 0.0) for name in ("test", "validation")]
        if value == "folds" and held_out[0]:
            raise ValueError("'folds' tests on the folds: test_fraction must be 0")
        if value == "split" and not any(held_out):
            raise ValueError(
                "'split' needs samples that are held out: set test_fraction or "
                "validation_fraction above 0"
            )
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
        if self.resample == "folds":
            return self  # how many there are is said by the run
        sizes = self.sizes()._asdict()
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
        n = self.n_samples or self.spec.n_rows
        if self.spec.equal_classes and self.n_classes:
            n -= n % self.n_classes
        return n + self.spec.n_test_rows

    def sizes(self, n_networks: int = 1) -> Sizes:
        """How many samples each split of a network has, as scikit-learn splits them.

        Parameters
        ----------
        n_networks : int
            How many networks share the data out: with "folds", the number of folds.

        Returns
        -------
        Sizes
        """
        rest = self.n_points
        if self.resample == "folds":
            test = rest // n_networks
        else:
            test = self.spec.n_test_rows or math.ceil(self.test_fraction * rest)
        rest -= test
        validation = math.ceil(self.validation_fraction * rest)
        return Sizes(rest - validation, validation, test)

    def of_network(self, k: int) -> Self:
        """The data of network k where they are its own: as of a network that is trained alone.

        With "folds" there is no such config: the fold is said to `load_dataset`.
        """
        if self.resample not in ("split", "sample"):
            return self
        seed = "split_seed" if self.resample == "split" else "seed"
        return self.model_copy(update={"resample": "none", seed: getattr(self, seed) + k})

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes; empty for regression."""
        return self.spec.names_of_classes(self.n_classes)

    @property
    def digest(self) -> str:  # not cached: model_copy would take a cached one along
        """SHA-256 of the canonical JSON, and of the files that are read where there are any."""
        return self.digest_for(1)

    @property
    def data_digest(self) -> str:
        """The digest, by the name that it has in a RunConfig."""
        return self.digest

    def digest_for(self, n_networks: int) -> str:
        """The digest of the data of several networks; it differs only where each has its own."""
        content: dict[str, Any] = {
            "dataset": self.model_dump(mode="json"),
            "version": RESULTS_VERSION,
        }
        if self.resample != "none":
            content["n_networks"] = n_networks
        if self.spec.files_digest:
            content["files"] = self.spec.files_digest()
        return _digest(content)


class ModelConfig(_Config):
    """The network.

    Attributes
    ----------
    hidden_sizes : tuple of int
        Units of each hidden layer; () is logistic, softmax or linear regression.
    activation : str
        Of every hidden layer, a name in `annlab.nn.activations.ACTIVATIONS`.
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
    rho : float
        Of "rmsprop" only: share of the running mean of squared gradients that stays at each step.
        PyTorch has 0.99, Keras 0.9.
    initial_accumulator : float
        Of "adagrad" only: what the sums of squared gradients start from. PyTorch has 0, Keras 0.1.
    weight_decay : float
        L2 on the weights (not on the biases): adds ``weight_decay * w`` to the gradient;
        decoupled from it for "adamw".
    loss : str or None
        None: the task's own.
    batch_size, max_epochs
        Samples per step, passes over the training part.
    early_stopping_patience : int
        A network stops after this many epochs without a better loss (on the validation
        part where there is one), and its best weights are kept; 0: never. The first epoch is
        the first best one.
    n_seeds, seed : int
        Networks trained at once; number k starts from ``seed + k``. With `resample` "folds",
        also the number of folds.
    record_gradients : bool
        Whether the history also holds, for each layer, the norm of the loss's gradient with
        respect to its weights and the share of units that are inactive.
    accelerator : {"auto", "cpu", "gpu"}
        What it is computed on.
    """

    optimizer: OptimizerName = "adam"
    learning_rate: Float = 0.001
    momentum: Float = 0.9
    rho: Float = 0.99
    initial_accumulator: Float = 0.0
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
    def _enough_for_folds(self) -> Self:
        if self.dataset.resample != "folds":
            return self
        n, sizes = self.training.n_seeds, self.sizes
        needed = 2 * max(1, len(self.dataset.class_names))
        if n < 2:
            raise ValueError("n_seeds: 'folds' needs at least 2 networks, one for each fold")
        if sizes.test < 2:
            raise ValueError(
                f"n_seeds: {n} folds of {self.dataset.n_points} samples would have {sizes.test} "
                "each; a fold needs 2"
            )
        if min(sizes.train, sizes.validation if self.has_validation else needed) < needed:
            raise ValueError(
                f"n_seeds: with {n} folds, {sizes.train} samples would train and "
                f"{sizes.validation} validate; {needed} are needed"
            )
        return self

    @model_validator(mode="after")
    def _within_max_data_bytes(self) -> Self:
        n_bytes = data_bytes(self)
        if n_bytes > MAX_DATA_BYTES:
            raise ValueError(
                f"resample: the data of {self.training.n_seeds:,} networks would take "
                f"{n_bytes / 1e6:,.0f} MB; at most {MAX_DATA_BYTES / 1e6:.0f} MB are allowed. "
                "Use fewer networks or fewer samples"
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
    def sizes(self) -> Sizes:
        """How many samples each split of a network has."""
        return self.dataset.sizes(self.training.n_seeds)

    @property
    def n_train(self) -> int:
        """Samples that each network learns from."""
        return self.sizes.train

    @property
    def has_test(self) -> bool:
        """Whether there is a test split."""
        return self.sizes.test > 0

    @property
    def has_validation(self) -> bool:
        """Whether there is a validation split."""
        return self.sizes.validation > 0

    @property
    def data_digest(self) -> str:
        """The digest of the data of all networks: runs on the same data have the same."""
        return self.dataset.digest_for(self.training.n_seeds)

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
        batches = -(-self.n_train // self.training.batch_size)
        return batches * self.training.max_epochs

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the same for the same run, on any machine."""
        content = {"run": self.model_dump(mode="json"), "version": RESULTS_VERSION}
        if self.dataset.spec.files_digest:
            content["files"] = self.dataset.spec.files_digest()
        return _digest(content)

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


def check_within_budget(config: RunConfig) -> None:
    """Refuse a training that is more work than this host allows.

    Asked when a training is requested: what another host has trained can be looked at anywhere.

    Parameters
    ----------
    config : RunConfig
        What is to be trained.

    Raises
    ------
    ValueError
        If it is too much, or ``ANNLAB_MAX_WORK`` is not a number; the message is a sentence for
        people.
    """
    training = config.training
    # n_seeds × n_parameters counted with the fixed cost of a step, so that a million
    # steps of a tiny network are not taken for little work.
    samples = max(1.0, min(training.batch_size, config.n_train) / _SAMPLES_IN_STEP)
    per_step = max(training.n_seeds * config.n_parameters * samples, _OVERHEAD_IN_PARAMETERS)
    work = per_step * config.n_steps
    if work > max_work():
        times = f"{work / max_work():.1f} times" if work > 1.05 * max_work() else "more than"
        # Larger ones save nothing where the time goes with the samples.
        batches = "" if samples > 1 else ", larger batches"
        raise ValueError(
            f"this is {times} the work that is allowed here ({training.n_seeds:,} networks × "
            f"{config.n_steps:,} steps × {config.n_parameters:,} parameters): take fewer networks, "
            f"fewer epochs{batches} or smaller layers"
        )


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
