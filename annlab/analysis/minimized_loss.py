"""The loss that a run minimized, with its class weights."""

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.datasets import Dataset
from annlab.nn.class_weights import weighted, weights_of_classes
from annlab.nn.losses import LOSSES, Loss


def minimized_loss(config: RunConfig, dataset: Dataset) -> Loss:
    """Loss per sample that training minimized, without L1 and L2.

    Parameters
    ----------
    config : RunConfig
    dataset : Dataset
        Data of one network: balanced class weights are those of its training samples. If it holds
        only some of many training samples, balanced weights are those of these samples.

    Returns
    -------
    Loss
    """
    loss, weights = LOSSES[config.loss], class_weights(config, dataset)
    return loss if weights is None else weighted(loss, weights)


def class_weights(config: RunConfig, dataset: Dataset) -> NDArray[np.float64] | None:
    """Weight of each class in `minimized_loss`, shape (n_classes,); None without weights."""
    n_classes = len(dataset.class_names)
    return weights_of_classes(config.training.class_weights, dataset.y_train, n_classes)
