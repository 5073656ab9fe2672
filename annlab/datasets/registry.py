"""DATASETS: registry of all data sets, by name; and the name of data of one's own."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from annlab.datasets.fashion_mnist import IMAGES
from annlab.datasets.functions import CURVES
from annlab.datasets.own.own_data import OWN, OwnData
from annlab.datasets.own.own_spec import spec_of
from annlab.datasets.several_targets import SEVERAL_TARGETS
from annlab.datasets.spec import DatasetSpec
from annlab.datasets.synthetic import SYNTHETIC
from annlab.datasets.tabular import TABULAR

DATASETS: dict[str, DatasetSpec] = {
    spec.name: spec for spec in (*SYNTHETIC, *CURVES, *TABULAR, *IMAGES, *SEVERAL_TARGETS)
}
# Everything that a config may name, with its label or an object that has one.
NAMES: Mapping[str, Any] = ChainMap({OWN: "Your data"}, DATASETS)


def find_spec(name: Any, own: OwnData | None) -> DatasetSpec | None:
    """Find the spec of a data set.

    Parameters
    ----------
    name : str
        A name in `NAMES`; anything else has no spec.
    own : OwnData or None
        Facts about the data of one's own.
    """
    if own is not None and name == OWN:
        return spec_of(own)
    return DATASETS.get(name) if isinstance(name, str) else None
