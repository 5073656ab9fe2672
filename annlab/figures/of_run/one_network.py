"""One network of a run at one epoch, with its data: what its pictures are computed from."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from annlab.analysis.median_network import median_network
from annlab.analysis.prediction import predict
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split, load_run_dataset
from annlab.nn.forward import Layers
from annlab.runs.run import Epoch, Run

Array = NDArray[Any]


@dataclass(frozen=True)
class OneNetwork:
    """The weights of one network, and its data.

    Attributes
    ----------
    config : RunConfig
    layers : sequence of (weights, biases)
        Of shapes (n_in, n_out) and (n_out,).
    dataset : Dataset
        What this network sees.
    """

    config: RunConfig
    layers: Layers
    dataset: Dataset

    def predict(self, X: Array) -> Array:
        """Class indices, or values in the target's own unit: shape (n_samples,)."""
        return predict(self.config, self.layers, self.dataset, X)

    def samples(self, split: Split | None) -> tuple[Array, Array]:
        """X and y of a split; None: of the split that the run is judged by."""
        return self.dataset.split(split or self.dataset.scored_split)

    def feature_name(self, k: int) -> str:
        """The name of a feature on an axis, which says so if it is scaled."""
        scaled = "" if self.config.dataset.scaling == "none" else " (scaled)"
        return self.dataset.feature_names[k] + scaled


def one_network(
    run: Run, dataset: Dataset | None, epoch: Epoch | None, network: int | None
) -> OneNetwork:
    """Take one network out of a run; the parameters are those of `annlab.figures.of_run`.

    Raises
    ------
    ValueError
        If the run has no such network, or kept no weights at that epoch.
    """
    k = network_index(run, network)
    layers = [(W[k], b[k]) for W, b in run.layers(epoch)]
    return OneNetwork(run.config, layers, loaded(run, dataset).of(k))


def network_with_classes(
    run: Run, dataset: Dataset | None, epoch: Epoch | None, network: int | None
) -> OneNetwork:
    """Take one network out of a classification; a ValueError names the pictures of a regression."""
    one = one_network(run, dataset, epoch, network)
    if not run.config.task.draws("confusion"):
        raise ValueError(
            "This run is a regression, without classes. Draw it with fitted_curve, "
            "predicted_against_true or residuals"
        )
    return one


def network_with_values(
    run: Run, dataset: Dataset | None, epoch: Epoch | None, network: int | None
) -> OneNetwork:
    """Take one network out of a regression; a ValueError names the pictures of a classification."""
    one = one_network(run, dataset, epoch, network)
    if not run.config.task.draws("residuals"):
        raise ValueError(
            "This run is a classification, without values. Draw it with decision_surface or "
            "confusion_matrix"
        )
    return one


def network_index(run: Run, network: int | None) -> int:
    """The index of the network that is drawn."""
    if network is None:
        return median_network([run])
    if not 0 <= network < run.n_seeds:
        raise ValueError(f"network: must be from 0 to {run.n_seeds - 1}; got {network}")
    return network


def loaded(run: Run, dataset: Dataset | None) -> Dataset:
    """The data of all networks of a run."""
    return load_run_dataset(run.config) if dataset is None else dataset
