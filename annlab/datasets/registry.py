"""DATASETS: registry of all data sets, by name."""

from annlab.datasets.fashion_mnist import IMAGES
from annlab.datasets.functions import CURVES
from annlab.datasets.spec import DatasetSpec
from annlab.datasets.synthetic import SYNTHETIC
from annlab.datasets.tabular import TABULAR

DATASETS: dict[str, DatasetSpec] = {
    spec.name: spec for spec in (*SYNTHETIC, *CURVES, *TABULAR, *IMAGES)
}
