"""Evaluation of a run: the scores of every network, computed from its weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.baselines import baseline_score
from annlab.analysis.prediction import in_unit, pieces_of_pass
from annlab.analysis.scores import (
    ClassificationEvaluation,
    RegressionEvaluation,
    confusion_counts,
    r2_score,
)
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split, load_run_dataset
from annlab.nn.forward import Layers
from annlab.nn.losses import LOSSES
from annlab.runs.run import Epoch, Run

Array = NDArray[Any]


def evaluate(
    run: Run,
    *,
    split: Split = "test",
    epoch: Epoch | None = None,
    dataset: Dataset | None = None,
) -> Any:
    """Score every network of a run, each on its own samples.

    Parameters
    ----------
    run : Run
        What was trained.
    split : {"test", "train", "validation", "all"}
        On which part of the data.
    epoch : int, "best", "last" or None
        With the weights of that epoch, each network's best ones or the last ones; None: the
        best with early stopping, else the last.
    dataset : Dataset or None
        The data of the run's networks where they are at hand, as `load_run_dataset` gives them;
        None: made anew.

    Returns
    -------
    ClassificationEvaluation or RegressionEvaluation
        Arrays with one entry for each seed.

    Raises
    ------
    ValueError
        If the part has no samples, or no weights were kept at that epoch.
    """
    dataset = dataset or load_run_dataset(run.config)
    layers = run.layers(epoch)
    if dataset.networks:
        own = [
            _scores(run.config, [(W[k : k + 1], b[k : k + 1]) for W, b in layers], data, split)
            for k, data in enumerate(dataset.networks)
        ]
        scores = {name: np.concatenate([one[name] for one in own]) for name in own[0]}
    else:
        scores = _scores(run.config, layers, dataset, split)
    kind = ClassificationEvaluation if dataset.class_names else RegressionEvaluation
    return kind(
        split=split,
        epochs=run.shown_epochs(epoch),
        n_samples=len(dataset.split(split)[1]),
        counted=run.counted,
        **scores,
    )


def _scores(config: RunConfig, layers: Layers, dataset: Dataset, split: Split) -> dict[str, Array]:
    """The scores of networks on samples that they share, by name: shapes (n_networks, ...)."""
    X, y = dataset.split(split)
    n_networks = len(layers[0][0])
    scaled = y if dataset.class_names else (y - dataset.target_mean) / dataset.target_scale
    target = dataset.task.encode(scaled, layers[-1][0].shape[-1])
    loss_of = LOSSES[config.loss]
    log_loss_of = next(
        (LOSSES[name] for name in dataset.task.losses if LOSSES[name].canonical), loss_of
    )
    n_classes = len(dataset.class_names)
    loss, log_loss, squared, absolute = np.zeros((4, n_networks))  # sums over the samples
    confusion = np.zeros((n_networks, n_classes, n_classes), np.int64)
    for networks, rows, passed in pieces_of_pass(config, layers, X):
        losses = loss_of.value(np, target[rows], passed.output, passed.logits)
        loss[networks] += losses.sum(axis=-1, dtype=np.float64)
        said = in_unit(dataset, dataset.task.decode(passed.output))  # (n_networks, n_rows)
        if dataset.class_names:
            if log_loss_of is not loss_of:
                losses = log_loss_of.value(np, target[rows], passed.output, passed.logits)
            log_loss[networks] += losses.sum(axis=-1, dtype=np.float64)
            confusion[networks] += [confusion_counts(y[rows], called, n_classes) for called in said]
        else:
            error = said.astype(np.float64) - y[rows]
            squared[networks] += (error**2).sum(axis=-1)
            absolute[networks] += np.abs(error).sum(axis=-1)
    shared = {
        "loss": loss / len(y),
        "baselines": np.full(n_networks, baseline_score(dataset, split)),
    }
    if dataset.class_names:
        accuracy = np.trace(confusion, axis1=1, axis2=2) / len(y)
        return shared | {
            "accuracy": accuracy,
            "confusion": confusion,
            "log_loss": log_loss / len(y),
        }
    mse = squared / len(y)
    return shared | {"mse": mse, "mae": absolute / len(y), "r2": r2_score(mse, y)}
