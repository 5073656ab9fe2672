"""Heads of models with results: score, training score, lead over the constant model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.evaluation import evaluate
from annlab.analysis.true_function import has_truth, score_against_truth
from annlab.datasets import Split
from annlab.formatting import number
from annlab.runs.history import column
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.view import ResultsView
from annlab.ui.text.model_head import Head, Number
from annlab.ui.text.networks_text import SPLIT_NAMES, left_out_networks, whose_weights
from annlab.ui.text.scores_text import score_tone, signed_difference, with_spread
from annlab.ui.text.settings_text import model_title
from annlab.ui.text.targets_text import may_mix_units, what_is_averaged


def head_of(view: ResultsView, i: int) -> Head:
    """Head of a model of a view, with the scores of the shown weights."""
    run, evaluation = view.runs[i], view.evaluations[i]
    counted, part = evaluation.counted, view.split
    n = f"{evaluation.n_samples:,}"
    n_all = run.n_samples.get(part, evaluation.n_samples)  # a run file may lack the split
    if evaluation.n_samples < n_all:  # only some samples are loaded
        n += f" of {n_all:,}"
    sentences = [
        f"{evaluation.score.label} on {n} {SPLIT_NAMES[part]}{_of_each(view, i)}",
        "May mix units" if may_mix_units(evaluation.score, view.spec) else "",
        whose_weights(run, view.weights[i]),
        left_out_networks(counted),
    ]
    label = ". ".join(sentence for sentence in sentences if sentence)
    numbers = _numbers(view, i, evaluation.headline[counted], view.weights[i])
    return Head(
        title=model_title(run.config),
        label=label,
        numbers={name: numbers[name] for name in ("score", "gain")},
        beside_label={name: found for name, found in numbers.items() if name == "training"},
        below={name: found for name, found in numbers.items() if name == "truth"},
        place=view.places[i],
        about=f"{label}. {_about_score(view, i)}",
    )


def frame_texts(view: ResultsView, i: int, epochs: Sequence[Epoch]) -> dict[str, list[list[str]]]:
    """Texts of the numbers of a head at several epochs: by name, text and tone of each epoch."""
    frames = [_numbers(view, i, _score_at(view, i, epoch), epoch) for epoch in epochs]
    return {name: [[frame[name].text, frame[name].tone] for frame in frames] for name in frames[0]}


def _score_at(view: ResultsView, i: int, epoch: Epoch) -> NDArray[Any]:
    """Score of every counted network at an epoch, as recorded in the training."""
    run, evaluation = view.runs[i], view.evaluations[i]
    recorded = column(view.split, evaluation.score.name)
    if recorded in run.history:
        return _recorded(view, i, view.split, epoch)
    # Earlier versions did not record the test split.
    found = cached(evaluate)(run, split=view.split, epoch=epoch, dataset=view.dataset)
    return found.headline[evaluation.counted]


def _recorded(view: ResultsView, i: int, split: Split, epoch: Epoch) -> NDArray[Any]:
    """Recorded score of every counted network, as precise as a new evaluation.

    The history has float32. A share of samples, or of their labels, is a whole number of them.
    """
    run, score = view.runs[i], view.evaluations[i].score
    values = run.history_at(column(split, score.name), epoch).astype(np.float64)
    if score.is_share and (n := run.n_samples.get(split)):
        steps = score.steps(n, view.spec.n_targets)
        values = np.rint(values * steps) / steps
    recorded: NDArray[Any] = values[view.evaluations[i].counted]
    return recorded


def _numbers(view: ResultsView, i: int, score: NDArray[Any], epoch: Epoch) -> dict[str, Number]:
    """Numbers of a head, from the score of every counted network."""
    run, evaluation = view.runs[i], view.evaluations[i]
    mean = float(score.mean(dtype=np.float64))
    distance = mean - evaluation.baseline
    numbers = {
        "score": Number(with_spread(score)),
        "gain": Number(
            signed_difference(distance, mean),
            after=f" vs. baseline {number(evaluation.baseline)}",
            tone=score_tone(distance, evaluation.score.higher_is_better),
        ),
    }
    if view.split != "train":
        on_training = _recorded(view, i, "train", epoch)
        numbers["training"] = Number(
            number(float(on_training.mean(dtype=np.float64)), mean), before="training "
        )
    if has_truth(run):
        text = _errors_against_truth(run, epoch)
        numbers["truth"] = Number(text, before="RMSE to the truth: ")
    return numbers


def _of_each(view: ResultsView, i: int) -> str:
    """Number of different samples if each network has its own; else empty."""
    if not view.dataset.networks or view.split not in view.runs[i].n_distinct:
        return ""
    return f" each ({view.runs[i].n_distinct[view.split]:,} different)"


def _about_score(view: ResultsView, i: int) -> str:
    evaluation = view.evaluations[i]
    n, n_seeds = int(evaluation.counted.sum()), view.runs[i].n_seeds
    whose = "One network"
    if n_seeds > 1:
        which = f"the {n_seeds}" if n == n_seeds else f"{n} of {n_seeds}"
        whose = f"Mean ± standard deviation over {which} networks"
    averaged = what_is_averaged(evaluation.score, view.spec)
    sentences = [averaged, whose, f"Baseline: {evaluation.task.constant_model}"]
    return ". ".join(filter(None, sentences))


def _errors_against_truth(run: Run, epoch: Epoch) -> str:
    """Mean errors of a run against the true function: "inside 0.101, outside 1.07"."""
    found = cached(score_against_truth)(run, epoch)
    return ", ".join(
        f"{region} {number(float(values[found.counted].mean()))}"
        for region, values in (
            ("inside", found.inside),
            ("gap", found.gap),
            ("outside", found.outside),
        )
        if values is not None
    )
