"""DatasetConfig: data set, splits and scaling."""

import math
from typing import Annotated, Any, Protocol, Self

from pydantic import ValidationError, ValidationInfo, field_validator, model_validator

from annlab.datasets import data_settings
from annlab.datasets.own.groups import held_out_groups
from annlab.datasets.own.own_data import OWN, OwnData
from annlab.datasets.own.own_spec import spec_of
from annlab.datasets.registry import DATASETS, find_spec
from annlab.datasets.spec import DatasetSpec
from annlab.datasets.split_names import Sizes
from annlab.datasets.synthetic import n_rare
from annlab.nn.tasks import TASKS
from annlab.setting_type import values_for_digest
from annlab.validation import RESULTS_VERSION, Config, check_between, digest_of


class DatasetConfig(Config):
    """Samples of a run, their splits and their scaling.

    A field that is None takes the published value of the data set; it stays None if it does
    not apply to the data set.

    Attributes
    ----------
    name : str
        A name in `annlab.datasets.DATASETS`, or "own".
    own : OwnData or None
        Facts about data of one's own, for the name "own".
    n_samples, noise, n_classes, seed
        Parameters of generated samples. The data set defines the meaning of `noise`.
    function : str or None
        Function that the samples follow, a name in `annlab.datasets.FUNCTIONS`.
    rare_fraction : float
        Share of the second class among generated samples of two classes.
    gap : float or None
        Width of the range of x, around 0, without samples.
    outliers : float or None
        Share of samples with y shifted by +6.
    test_fraction, validation_fraction : float
        Share of all samples in the test split, and share of the rest in the validation split;
        0 for no split. Stratified by class. The test fraction of a data set with a published
        test split is 0.
    split_seed : int
        Seed of the split.
    resample : {"none", "split", "sample", "folds"}
        Data that differ between the networks of a run, in addition to their seeds. "none": no
        data. "split": network k has ``split_seed + k``. "sample": network k has the data of
        ``seed + k``; a new seed also moves the clouds of "linear" and "blobs". "folds": network
        k is tested on fold k; there are as many folds as networks, all of equal size, and
        leftover samples always train.
    scaling : {"none", "minmax", "standard"}
        Scaling of the features, fitted on the training split.
    target_scaling : {"none", "standard"}
        Scaling of regression targets during training, fitted on the training split. Scores are
        in the target's own unit.
    """

    name: Annotated[str, data_settings.NAME] = "moons"
    own: Annotated[OwnData | None, data_settings.OWN_DATA] = None
    function: Annotated[str | None, data_settings.FUNCTION] = None
    noise: Annotated[float | None, data_settings.NOISE] = None
    rare_fraction: Annotated[float, data_settings.RARE_FRACTION] = data_settings.EQUAL
    gap: Annotated[float | None, data_settings.GAP] = None
    outliers: Annotated[float | None, data_settings.OUTLIERS] = None
    n_samples: Annotated[int | None, data_settings.N_SAMPLES] = None
    n_classes: Annotated[int | None, data_settings.N_CLASSES] = None
    test_fraction: Annotated[float, data_settings.TEST_FRACTION] = 0.0
    validation_fraction: Annotated[float, data_settings.VALIDATION_FRACTION] = 0.0
    scaling: Annotated[data_settings.Scaling, data_settings.SCALING] = "none"
    target_scaling: Annotated[data_settings.TargetScaling, data_settings.TARGET_SCALING] = "none"
    split_seed: Annotated[int, data_settings.SPLIT_SEED] = 42
    seed: Annotated[int | None, data_settings.SEED] = None
    resample: Annotated[data_settings.Resample, data_settings.RESAMPLE] = "none"

    @model_validator(mode="before")
    @classmethod
    def _take_published_values(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        if values.get("own") is not None and "name" not in values:
            return {**values, "name": OWN}
        spec = find_spec(values.get("name", "moons"), None)
        if spec is None:
            return values
        left_open = {key for key in spec.defaults if values.get(key) is None}
        return {**values, **{key: spec.defaults[key] for key in left_open}}

    @field_validator("n_samples", "noise", "n_classes", "function", "gap", "outliers", "seed")
    @classmethod
    def _applies(cls, value: Any, info: ValidationInfo) -> Any:
        spec = find_spec(info.data.get("name"), info.data.get("own"))
        if spec and value is not None and info.field_name not in spec.defaults:
            raise ValueError(f"does not apply to {spec.label}")
        return value

    @field_validator("rare_fraction")
    @classmethod
    def _has_a_rare_class(cls, value: float, info: ValidationInfo) -> float:
        spec = find_spec(info.data.get("name"), info.data.get("own"))
        if spec and value != data_settings.EQUAL and "rare_fraction" not in spec.defaults:
            raise ValueError(f"does not apply to {spec.label}")
        return value

    @field_validator("noise")
    @classmethod
    def _noise_range(cls, value: float | None, info: ValidationInfo) -> float | None:
        spec = find_spec(info.data.get("name"), info.data.get("own"))
        return check_between(value, spec.noise_range) if spec and value is not None else value

    @field_validator("test_fraction")
    @classmethod
    def _published_test_split(cls, value: float, info: ValidationInfo) -> float:
        spec = find_spec(info.data.get("name"), info.data.get("own"))
        if spec and spec.n_test_rows and value:
            raise ValueError(f"must be 0: {spec.label} has a published test split")
        return value

    @field_validator("resample")
    @classmethod
    def _can_resample(cls, value: str, info: ValidationInfo) -> str:
        spec = find_spec(info.data.get("name"), info.data.get("own"))
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
        if value in ("split", "folds") and spec.has_groups:
            raise ValueError(
                f"'{value}' does not apply: groups of samples that stay together have no splits "
                "of equal size"
            )
        if value in ("split", "folds") and spec.n_test_rows:
            raise ValueError(f"'{value}' does not apply: {spec.label} has a published test split")
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
        spec = find_spec(info.data.get("name"), info.data.get("own"))
        if spec and not TASKS[spec.task].scales_target and value != "none":
            raise ValueError(f"does not apply to {spec.label}, whose targets are classes")
        return value

    @model_validator(mode="after")
    def _has_its_own_data(self) -> Self:
        if (self.name == OWN) != (self.own is not None):
            raise ValueError(
                "own: choose data of your own on the page Your data"
                if self.name == OWN
                else f"own: data of your own have the name '{OWN}', got '{self.name}'"
            )
        if self.own:
            self.own.check_classes(self.test_fraction, self.validation_fraction)
        return self

    @model_validator(mode="after")
    def _enough_of_the_rare_class(self) -> Self:
        if "rare_fraction" not in self.spec.defaults or not self.n_samples:
            return self
        n = n_rare(self.n_samples, self.rare_fraction)
        n_splits = 1 + (self.test_fraction > 0) + (self.validation_fraction > 0)
        if n < n_splits:
            raise ValueError(
                f"rare_fraction: class “{self.class_names[1]}” would have {n} "
                f"{'sample' if n == 1 else 'samples'}, and each of the {n_splits} splits needs "
                "one. Use more samples or a larger share"
            )
        return self

    @model_validator(mode="after")
    def _enough_samples(self) -> Self:
        if self.resample == "folds":
            return self  # the RunConfig knows the number of folds and checks their size
        sizes = self.sizes()._asdict()
        needed = 2 * max(1, len(self.class_names))
        for split, size in sizes.items():
            if size < needed and (split == "train" or getattr(self, f"{split}_fraction")):
                raise ValueError(
                    f"{split}_fraction: the {split} split would have {size} of "
                    f"{self.n_points} samples; it needs {needed}"
                    if split != "train"
                    else f"test_fraction: only {size} samples would be left for training"
                )
        return self

    @classmethod
    def suggested(cls, name: str, own: OwnData | None = None) -> Self:
        """Config of a data set with the settings that suit it.

        Parameters
        ----------
        name : str
            A name in `annlab.datasets.DATASETS`, or "own".
        own : OwnData, optional
            Facts about data of one's own, for the name "own".

        Returns
        -------
        DatasetConfig
            With nothing but the defaults, if the samples are too few for the suggested split.

        Raises
        ------
        ValidationError
            If there is no such data set.
        """
        spec = find_spec(name, own)
        try:
            return cls(name=name, own=own, **(spec.suggested if spec else {}))
        except ValidationError:
            return cls(name=name, own=own)

    @property
    def spec(self) -> DatasetSpec:
        """Registry entry of the data set."""
        return spec_of(self.own) if self.own else DATASETS[self.name]

    @property
    def n_points(self) -> int:
        """Number of samples in all splits together."""
        n = self.n_samples or self.spec.n_rows
        if self.spec.equal_classes and self.n_classes:
            n -= n % self.n_classes
        return n + self.spec.n_test_rows

    def sizes(self, n_networks: int = 1) -> Sizes:
        """Number of samples in each split of a network, rounded as scikit-learn does.

        Parameters
        ----------
        n_networks : int
            Number of networks, which is the number of folds with "folds".

        Returns
        -------
        Sizes
        """
        rest = self.n_points
        if self.own and self.own.group_sizes:
            test, validation = (
                sum(self.own.group_sizes[group] for group in groups)
                for groups in self.held_out_groups()
            )
            return Sizes(rest - test - validation, validation, test)
        if self.resample == "folds":
            test = rest // n_networks
        else:
            test = self.spec.n_test_rows or math.ceil(self.test_fraction * rest)
        rest -= test
        validation = math.ceil(self.validation_fraction * rest)
        return Sizes(rest - validation, validation, test)

    def held_out_groups(self) -> tuple[frozenset[int], frozenset[int]]:
        """Groups of the test and of the validation split, for data whose samples have groups."""
        sizes = self.own.group_sizes if self.own else ()
        return held_out_groups(sizes, self.test_fraction, self.validation_fraction, self.split_seed)

    def of_network(self, k: int) -> Self:
        """Config of the data of network k, as if network k were trained alone.

        With "folds" no such config exists; pass `network` to `load_dataset` instead.
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
    def digest(self) -> str:  # not cached, because model_copy copies caches
        """SHA-256 of the canonical JSON, and of the files of the data set if it has any."""
        return self.digest_for(1)

    @property
    def data_digest(self) -> str:
        """Same as `digest`, under the name that a RunConfig uses."""
        return self.digest

    def digest_for(self, n_networks: int) -> str:
        """Digest of the data of several networks; depends on their number only with `resample`."""
        content: dict[str, Any] = {
            "dataset": values_for_digest(self),
            "version": RESULTS_VERSION,
        }
        if self.resample != "none":
            content["n_networks"] = n_networks
        if self.spec.files_digest:
            content["files"] = self.spec.files_digest()
        return digest_of(content)


class DataOfNetworks(Protocol):
    """Data of several networks, shared or separate; a RunConfig fits this protocol."""

    @property
    def dataset(self) -> DatasetConfig:
        """Samples, splits and scaling."""

    @property
    def n_networks(self) -> int:
        """Number of networks, which is the number of folds with "folds"."""
