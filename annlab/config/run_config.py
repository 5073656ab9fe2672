"""RunConfig: one run as frozen, validated settings, with its digest and link."""

from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field, model_validator

from annlab.config.settings import SECTIONS, SETTINGS, values_from_query
from annlab.config.training_config import TrainingConfig
from annlab.datasets.config import DatasetConfig
from annlab.datasets.dataset import Sizes
from annlab.nn.architecture import Architecture
from annlab.nn.config import ModelConfig
from annlab.nn.tasks import TASKS, Task
from annlab.setting_type import values_for_digest
from annlab.validation import RESULTS_VERSION, Config, digest_of


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
    def architecture(self) -> Architecture:
        """Layers of one network, from the features to the outputs."""
        n_outputs = self.task.n_outputs(len(self.dataset.class_names))
        return Architecture(self.dataset.spec.n_features, self.model.hidden_sizes, n_outputs)

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

    def linear(self) -> Self:
        """Copy of the run with the linear model: logistic, softmax or linear regression."""
        model = self.model.model_copy(update={"hidden_sizes": (), "dropout": 0.0})
        return self.model_copy(update={"model": model})

    def to_url(self) -> str:
        """Write the settings that differ from the defaults as a query string."""
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
    """Settings that differ from the defaults, by their names in a link."""
    defaults = RunConfig(dataset=DatasetConfig(name=config.dataset.name))
    return {
        address: setting.to_text(setting.get(config))
        for address, setting in SETTINGS.items()
        if address == "data" or setting.get(config) != setting.get(defaults)
    }
