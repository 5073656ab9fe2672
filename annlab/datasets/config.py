"""DatasetConfig: data set, splits and scaling.

The file is long because each field carries its setting: names, limits, help, condition.
"""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol, Self, get_args

from pydantic import ValidationInfo, field_validator, model_validator

from annlab.datasets.dataset import Sizes
from annlab.datasets.functions import FUNCTIONS
from annlab.datasets.registry import DATASETS
from annlab.datasets.spec import DatasetSpec
from annlab.nn.tasks import TASKS
from annlab.setting_type import SEEDS, Choice, Number, Setting, Values, values_for_digest
from annlab.validation import RESULTS_VERSION, Config, Range, check_between, digest_of

Scaling = Literal["none", "minmax", "standard"]
TargetScaling = Literal["none", "standard"]
Resample = Literal["none", "split", "sample", "folds"]
SCALINGS = {"none": "none", "minmax": "min-max", "standard": "standard"}
# Data that differ between the networks of a run, in addition to their seeds.
EACH_NETWORK_GETS = {
    "none": "the same split",
    "split": "its own split",
    "sample": "its own sample",
    "folds": "its own fold",
}


def _spec_in(values: Values) -> DatasetSpec:
    return DATASETS[values["data"]]


def _varies(name: str) -> Callable[[Values], bool]:
    """Whether a data set has a setting, by its name in a DatasetConfig."""
    return lambda values: name in _spec_in(values).defaults


def _resamplings(values: Values) -> list[str]:
    """Names of the resampling modes that a data set supports."""
    spec = _spec_in(values)
    possible = {
        "none": True,
        "split": not spec.n_test_rows,
        "sample": "seed" in spec.defaults,
        "folds": not spec.n_test_rows,
    }
    return [name for name, is_possible in possible.items() if is_possible]


class DatasetConfig(Config):
    """Samples of a run, their splits and their scaling.

    A field that is None takes the published value of the data set; it stays None if it does
    not apply to the data set.

    Attributes
    ----------
    name : str
        A name in `annlab.datasets.DATASETS`.
    n_samples, noise, n_classes, seed
        Parameters of generated samples. The data set defines the meaning of `noise`.
    function : str or None
        Function that the samples follow, a name in `annlab.datasets.FUNCTIONS`.
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

    name: Annotated[
        str,
        Setting(
            "data",
            "Data set",
            Choice(DATASETS),
            scope="data",
        ),
    ] = "moons"
    function: Annotated[
        str | None,
        Setting(
            "function",
            "Function",
            Choice(FUNCTIONS),
            scope="data",
            applies=_varies("function"),
        ),
    ] = None
    noise: Annotated[
        float | None,
        Setting(
            "noise",
            "Noise",
            Number(Range(-math.inf, math.inf), step=0.01),
            lambda values: _spec_in(values).noise_meaning.capitalize(),
            scope="data",
            applies=_varies("noise"),
            limits=lambda values: _spec_in(values).noise_range,
        ),
    ] = None
    gap: Annotated[
        float | None,
        Setting(
            "gap",
            "Gap",
            Number(Range(0.0, 4.0), step=0.1),
            "Width of the region in the middle without samples.",
            scope="data",
            applies=_varies("gap"),
        ),
    ] = None
    outliers: Annotated[
        float | None,
        Setting(
            "outliers",
            "Outliers",
            Number(Range(0.0, 0.3), step=0.01, percent=True),
            "Share of samples with a target far off the curve.",
            scope="data",
            applies=_varies("outliers"),
        ),
    ] = None
    n_samples: Annotated[
        int | None,
        Setting(
            "samples",
            "Samples",
            Number(Range(20, 20_000), example="1000"),
            "Samples to generate, for all splits.",
            scope="data",
            applies=_varies("n_samples"),
        ),
    ] = None
    n_classes: Annotated[
        int | None,
        Setting(
            "classes",
            "Classes",
            Number(Range(2, 8)),
            scope="data",
            applies=_varies("n_classes"),
        ),
    ] = None
    test_fraction: Annotated[
        float,
        Setting(
            "test",
            "Test split",
            Number(Range(0.0, 0.9), step=0.05, percent=True),
            "Share of samples held out for the test. Scores are computed on them.",
            scope="data",
            advanced=True,
            applies=lambda values: (
                not _spec_in(values).n_test_rows and values["resample"] != "folds"
            ),
        ),
    ] = 0.0
    validation_fraction: Annotated[
        float,
        Setting(
            "validation",
            "Validation split",
            Number(Range(0.0, 0.9), step=0.05, percent=True),
            "Share of the remaining samples used to monitor training.",
            scope="data",
            advanced=True,
        ),
    ] = 0.0
    scaling: Annotated[
        Scaling,
        Setting(
            "scaling",
            "Scaling",
            Choice(SCALINGS),
            "Rescales the features, fitted on the training split.",
            scope="data",
            advanced=True,
        ),
    ] = "none"
    target_scaling: Annotated[
        TargetScaling,
        Setting(
            "target_scaling",
            "Target scaling",
            Choice({name: SCALINGS[name] for name in get_args(TargetScaling)}),
            "Standard: trains on targets with mean 0 and standard deviation 1. Scores stay in the "
            "target's own unit.",
            scope="data",
            advanced=True,
            applies=lambda values: TASKS[_spec_in(values).task].scales_target,
        ),
    ] = "none"
    split_seed: Annotated[
        int,
        Setting(
            "split_seed",
            "Split seed",
            Number(SEEDS, example="42"),
            "Another seed puts other samples into each split.",
            scope="data",
            advanced=True,
        ),
    ] = 42
    seed: Annotated[
        int | None,
        Setting(
            "data_seed",
            "Data seed",
            Number(SEEDS, example="0"),
            "Another seed generates other samples.",
            scope="data",
            advanced=True,
            applies=_varies("seed"),
        ),
    ] = None
    resample: Annotated[
        Resample,
        Setting(
            "resample",
            "Each network gets",
            Choice(EACH_NETWORK_GETS, offered=_resamplings),
            "With its own split, sample or fold for each network, a difference can hold on new "
            "data. With the same split, it holds on these samples only.",
            applies=lambda values: len(_resamplings(values)) > 1,
        ),
    ] = "none"

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
    def _published_test_split(cls, value: float, info: ValidationInfo) -> float:
        spec = DATASETS.get(info.data.get("name", ""))
        if spec and spec.n_test_rows and value:
            raise ValueError(f"must be 0: {spec.label} has a published test split")
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
        spec = DATASETS.get(info.data.get("name", ""))
        if spec and not TASKS[spec.task].scales_target and value != "none":
            raise ValueError(f"does not apply to {spec.label}, whose targets are classes")
        return value

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

    @property
    def spec(self) -> DatasetSpec:
        """Registry entry of the data set."""
        return DATASETS[self.name]

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
        if self.resample == "folds":
            test = rest // n_networks
        else:
            test = self.spec.n_test_rows or math.ceil(self.test_fraction * rest)
        rest -= test
        validation = math.ceil(self.validation_fraction * rest)
        return Sizes(rest - validation, validation, test)

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
