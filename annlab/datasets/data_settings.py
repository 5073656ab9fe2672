"""Settings of the data of a run: names, limits, help and condition of each field of its config."""

import math
from collections.abc import Callable
from typing import Literal, get_args

from annlab.datasets.functions import FUNCTIONS
from annlab.datasets.own.own_data import read_own, write_own
from annlab.datasets.own.own_spec import spec_of
from annlab.datasets.registry import DATASETS, NAMES
from annlab.datasets.spec import DatasetSpec
from annlab.nn.tasks import TASKS
from annlab.setting_type import SEEDS, Choice, Number, Record, Setting, Values
from annlab.validation import Range

Scaling = Literal["none", "minmax", "standard"]
TargetScaling = Literal["none", "standard"]
Resample = Literal["none", "split", "sample", "folds"]
# Share of the second class where both are equally frequent.
EQUAL = 0.5
SCALINGS = {"none": "none", "minmax": "min-max", "standard": "standard"}
# Data that differ between the networks of a run, in addition to their seeds.
EACH_NETWORK_GETS = {
    "none": "the same split",
    "split": "its own split",
    "sample": "its own sample",
    "folds": "its own fold",
}


def _spec_in(values: Values) -> DatasetSpec:
    return spec_of(values["own"]) if values["own"] else DATASETS[values["data"]]


def _varies(name: str) -> Callable[[Values], bool]:
    """Whether a data set has a setting, by its name in a DatasetConfig."""
    return lambda values: name in _spec_in(values).defaults


def _resamplings(values: Values) -> list[str]:
    """Names of the resampling modes that a data set supports."""
    spec = _spec_in(values)
    divides = not spec.n_test_rows and not spec.has_groups
    possible = {
        "none": True,
        "split": divides,
        "sample": "seed" in spec.defaults,
        "folds": divides,
    }
    return [name for name, is_possible in possible.items() if is_possible]


NAME = Setting(
    "data",
    "Data set",
    Choice(NAMES),
    scope="data",
)
OWN_DATA = Setting(
    "own",
    "Your data",
    Record(write_own, read_own, lambda own: own.title if own else "none"),
    "Data of your own: a file, drawn points or arrays.",
    scope="data",
    applies=lambda values: values["own"] is not None,
    is_later=True,
)
FUNCTION = Setting(
    "function",
    "Function",
    Choice(FUNCTIONS),
    scope="data",
    applies=_varies("function"),
)
NOISE = Setting(
    "noise",
    "Noise",
    Number(Range(-math.inf, math.inf), step=0.01),
    lambda values: _spec_in(values).noise_meaning.capitalize(),
    scope="data",
    applies=_varies("noise"),
    limits=lambda values: _spec_in(values).noise_range,
)
RARE_FRACTION = Setting(
    "rare",
    "Second class",
    Number(Range(0.02, 0.5), step=0.01, percent=True),
    "Share of samples in the second class. A rare class is easily missed without much "
    "loss of accuracy.",
    scope="data",
    advanced=True,
    applies=_varies("rare_fraction"),
    is_later=True,
)
GAP = Setting(
    "gap",
    "Gap",
    Number(Range(0.0, 4.0), step=0.1),
    "Width of the region in the middle without samples.",
    scope="data",
    applies=_varies("gap"),
)
OUTLIERS = Setting(
    "outliers",
    "Outliers",
    Number(Range(0.0, 0.3), step=0.01, percent=True),
    "Share of samples with a target far off the curve.",
    scope="data",
    applies=_varies("outliers"),
)
N_SAMPLES = Setting(
    "samples",
    "Samples",
    Number(Range(20, 20_000), example="1000"),
    "Samples to generate, for all splits.",
    scope="data",
    applies=_varies("n_samples"),
)
N_CLASSES = Setting(
    "classes",
    "Classes",
    Number(Range(2, 8)),
    scope="data",
    applies=_varies("n_classes"),
)
TEST_FRACTION = Setting(
    "test",
    "Test split",
    Number(Range(0.0, 0.9), step=0.05, percent=True),
    "Share of samples held out for the test. Scores are computed on them.",
    scope="data",
    advanced=True,
    applies=lambda values: not _spec_in(values).n_test_rows and values["resample"] != "folds",
)
VALIDATION_FRACTION = Setting(
    "validation",
    "Validation split",
    Number(Range(0.0, 0.9), step=0.05, percent=True),
    "Share of the remaining samples used to monitor training.",
    scope="data",
    advanced=True,
)
SCALING = Setting(
    "scaling",
    "Scaling",
    Choice(SCALINGS),
    "Rescales the features, fitted on the training split.",
    scope="data",
    advanced=True,
)
TARGET_SCALING = Setting(
    "target_scaling",
    "Target scaling",
    Choice({name: SCALINGS[name] for name in get_args(TargetScaling)}),
    "Standard: trains on targets with mean 0 and standard deviation 1. Scores stay in the "
    "target's own unit.",
    scope="data",
    advanced=True,
    applies=lambda values: TASKS[_spec_in(values).task].scales_target,
)
SPLIT_SEED = Setting(
    "split_seed",
    "Split seed",
    Number(SEEDS, example="42"),
    "Another seed puts other samples into each split.",
    scope="data",
    advanced=True,
)
SEED = Setting(
    "data_seed",
    "Data seed",
    Number(SEEDS, example="0"),
    "Another seed generates other samples.",
    scope="data",
    advanced=True,
    applies=_varies("seed"),
)
RESAMPLE = Setting(
    "resample",
    "Each network gets",
    Choice(EACH_NETWORK_GETS, offered=_resamplings),
    "With its own split, sample or fold for each network, a difference can hold on new "
    "data. With the same split, it holds on these samples only.",
    applies=lambda values: len(_resamplings(values)) > 1,
)
