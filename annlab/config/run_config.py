"""RunConfig: one run as frozen, validated settings, with its digest and link."""

from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field, model_validator

from annlab.config.settings import SECTIONS, SETTINGS, values_from_query
from annlab.config.training_config import TrainingConfig
from annlab.datasets.config import DatasetConfig
from annlab.datasets.split_names import Sizes
from annlab.nn.architecture import Architecture
from annlab.nn.class_weights import BALANCED, NONE
from annlab.nn.config import ModelConfig
from annlab.nn.derived_features import FEATURES, PLAIN
from annlab.nn.tasks import TASKS, Task
from annlab.setting_type import values_for_digest
from annlab.validation import RESULTS_VERSION, Config, digest_of
from annlab.weights_text import MAX_WEIGHTS_IN_LINK


class RunConfig(Config):
    """Settings of one run: data, model and training.

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
    def _replace_task_defaults_by_none(self) -> Self:
        # A config that names a task's default must equal, and share its digest with, one that
        # leaves the default open.
        for section, name, own in (
            ("model", "output_activation", self.task.output_activations[0]),
            ("training", "loss", self.task.losses[0]),
        ):
            part = getattr(self, section)
            if getattr(part, name) == own:
                object.__setattr__(self, section, part.model_copy(update={name: None}))
        return self

    @model_validator(mode="after")
    def _features_of_these_data(self) -> Self:
        spec = self.dataset.spec
        for name in self.model.features:
            entry = FEATURES[name]
            if entry.n_features != spec.n_features:
                needed = "one feature" if entry.n_features == 1 else f"{entry.n_features} features"
                raise ValueError(
                    f"features: {entry.label} needs data with {needed}; {spec.label} has "
                    f"{spec.n_features}"
                )
        # The features as they are must equal, and share their digest with, no names at all.
        if self.model.features == PLAIN.get(spec.n_features):
            plain = self.model.model_copy(update={"features": ()})
            object.__setattr__(self, "model", plain)
        return self

    @model_validator(mode="after")
    def _weights_of_this_network(self) -> Self:
        start = self.model.initial_weights
        if start is not None and len(start) != self.n_parameters:
            raise ValueError(
                f"initial_weights: this network has {self.n_parameters:,} weights and biases, and "
                f"the start has {len(start):,}. Remove the start, or choose the hidden layers and "
                "data that it was made for"
            )
        return self

    @model_validator(mode="after")
    def _a_weight_for_each_class(self) -> Self:
        weights, n = self.training.class_weights, len(self.dataset.class_names)
        if weights == NONE or (n and weights == BALANCED):
            return self
        if not n:
            raise ValueError(
                f"class_weights: {self.task.label.lower()} have no classes"
                if self.dataset.spec.target_names
                else "class_weights: a regression has no classes"
            )
        if len(weights) != n:
            raise ValueError(
                f"class_weights: {n} classes need {n} weights, such as "
                f"{'-'.join(['1'] * (n - 1) + ['5'])}; got {len(weights)}"
            )
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

    @property
    def sizes(self) -> Sizes:
        """Number of samples in each split of a network."""
        return self.dataset.sizes(self.training.n_seeds)

    @property
    def n_networks(self) -> int:
        """Number of networks."""
        return self.training.n_seeds

    @property
    def n_train(self) -> int:
        """Number of training samples of each network."""
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
        """Digest of the data of all networks; runs on the same data share it."""
        return self.dataset.digest_for(self.training.n_seeds)

    @property
    def task(self) -> Task:
        """Prediction task of the data set."""
        return TASKS[self.dataset.spec.task]

    @property
    def output_activation(self) -> str:
        """Output activation, with the task's default instead of None."""
        return self.model.output_activation or self.task.output_activations[0]

    @property
    def loss(self) -> str:
        """Loss, with the task's default instead of None."""
        return self.training.loss or self.task.losses[0]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the network's inputs in `FEATURES`; none with three or more features."""
        return self.model.features or PLAIN.get(self.dataset.spec.n_features, ())

    @property
    def architecture(self) -> Architecture:
        """Layers of one network, from the inputs to the outputs."""
        n_inputs = len(self.model.features) or self.dataset.spec.n_features
        n_outputs = self.task.n_outputs(len(self.dataset.class_names), self.dataset.spec.n_targets)
        return Architecture(n_inputs, self.model.hidden_sizes, n_outputs, self.model.wide)

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases of one network."""
        return self.architecture.n_parameters

    @property
    def n_steps(self) -> int:
        """Number of optimizer steps in the whole run."""
        batches = -(-self.n_train // self.training.batch_size)
        return batches * self.training.max_epochs

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the same for the same run, on any machine."""
        run = {section: values_for_digest(getattr(self, section)) for section in SECTIONS}
        content = {"run": run, "version": RESULTS_VERSION}
        if self.dataset.spec.files_digest:
            content["files"] = self.dataset.spec.files_digest()
        return digest_of(content)

    @property
    def fits_into_link(self) -> bool:
        """Whether a link can hold all settings; it cannot hold many initial weights."""
        return len(self.model.initial_weights or ()) <= MAX_WEIGHTS_IN_LINK

    def linear(self) -> Self:
        """Copy of the run with the linear model: logistic, softmax or linear regression."""
        linear = {"hidden_sizes": (), "wide": False, "dropout": 0.0, "initial_weights": None}
        model = self.model.model_copy(update=linear)
        return self.model_copy(update={"model": model})

    def to_url(self) -> str:
        """Write the settings that differ from the defaults as a query string.

        Raises
        ------
        ValueError
            If the run has more initial weights than fit into a link.
        """
        if not self.fits_into_link:
            raise ValueError(
                f"initial_weights: a link holds at most {MAX_WEIGHTS_IN_LINK} weights, and this "
                f"network has {self.n_parameters:,}. Save the settings as a file instead"
            )
        return urlencode(to_query(self))

    @classmethod
    def from_url(cls, text: str) -> Self:
        """Read a config from a query string or a whole URL.

        Raises
        ------
        ValidationError
            If a value is invalid.
        ValueError
            If a name is not a setting.
        """
        query = dict(parse_qsl(urlsplit(text).query if "?" in text else text))
        unknown = set(query) - set(SETTINGS)
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        return cls.model_validate(values_from_query(query))


def to_query(config: RunConfig) -> dict[str, str]:
    """Settings that differ from the defaults, by their names in a link.

    For initial weights that do not fit, there is a mark that `RunConfig.from_url` refuses.
    """
    data = config.dataset
    defaults = RunConfig(dataset=DatasetConfig(name=data.name, own=data.own))
    return {
        address: setting.to_text(setting.get(config))
        for address, setting in SETTINGS.items()
        if address == "data"
        or (address == "own" and data.own)
        or setting.get(config) != setting.get(defaults)
    }
