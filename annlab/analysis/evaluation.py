"""Evaluation of a run: the scores of every network, computed from its weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.baselines import baseline_score
from annlab.analysis.minimized_loss import minimized_loss
from annlab.analysis.prediction import in_own_unit, pieces_of_pass
from annlab.analysis.scores import SCORINGS, Evaluation, Piece
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split, load_run_dataset
from annlab.nn.forward import Layers
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]


def evaluate(
    run: Run,
    *,
    split: Split = "test",
    epoch: Epoch | None = None,
    dataset: Dataset | None = None,
) -> Evaluation:
    """Score every network of a run, each on its own samples.

    Parameters
    ----------
    run : Run
        Trained run.
    split : {"test", "train", "validation", "all"}
        Split to score.
    epoch : int, "best", "last" or None
        Weights at that epoch, each network's best weights, or the last weights. None: the best
        weights with early stopping, else the last.
    dataset : Dataset or None
        Data of the run's networks from `load_run_dataset`; None loads the data.

    Returns
    -------
    Evaluation
        Arrays with one entry for each network: `loss`; for classification `accuracy`,
        `confusion` and `log_loss`; for regression `mse`, `mae` and `r2`; for labels
        `label_accuracy`, `subset_accuracy`, `confusion` and `log_loss`; and every other score of
        the task.

    Raises
    ------
    ValueError
        If the split has no samples, or no weights were kept at that epoch.
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
    scoring = SCORINGS[dataset.task.kind]
    others = [name for name in scores if name not in scoring.names]
    of_task = {name: scores.pop(name) for name in others}
    kind: Any = scoring.kind
    found: Evaluation = kind(
        task=dataset.task,
        split=split,
        epochs=run.shown_epochs(epoch),
        n_samples=len(dataset.targets(split)),
        counted=run.counted,
        of_task=of_task,
        **scores,
    )
    return found


def _scores(config: RunConfig, layers: Layers, dataset: Dataset, split: Split) -> dict[str, Array]:
    """Scores by name of networks that share their samples: shapes (n_networks, ...)."""
    X, y, task = dataset.split(split)[0], dataset.targets(split), dataset.task
    target = dataset.encoded_targets(split, config.architecture.n_outputs)
    loss, scoring = minimized_loss(config, dataset), SCORINGS[task.kind]
    own = [score for score in task.scores if score.name not in scoring.names]
    n_networks = len(layers[0][0])
    totals: dict[str, Array] = {}
    for networks, rows, passed in pieces_of_pass(config, layers, X):
        losses = loss.value(np, target[rows], passed.output, passed.logits)
        prediction = in_own_unit(dataset, task.decode(passed.output))
        piece = Piece(y[rows], target[rows], passed, prediction, loss, losses)
        sums = {"loss": losses.sum(axis=-1, dtype=np.float64)} | scoring.sums(dataset, piece)
        for score in own:
            values = score.of_prediction(piece.y, piece.prediction)  # (n_networks, n)
            sums[score.name] = values.sum(axis=-1, dtype=np.float64)
        for name, values in sums.items():
            if name not in totals:
                totals[name] = np.zeros((n_networks, *values.shape[1:]), values.dtype)
            totals[name][networks] += values
    means = {name: totals.pop(name) / len(y) for name in ("loss", *(one.name for one in own))}
    return {
        **means,
        "baselines": np.full(n_networks, baseline_score(dataset, split)),
        **scoring.scores(totals, y),
    }
