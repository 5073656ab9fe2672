"""Heads of models with several targets or labels."""

import numpy as np
import pytest

from annlab import evaluate
from annlab.formatting import number
from annlab.ui.results.heads import frame_texts, head_of
from annlab.ui.text.scores_text import with_spread
from tests.analysis.several_targets import several
from tests.ui.results.several_targets import view_of


@pytest.mark.parametrize(
    ("name", "label", "about"),
    [
        ("plane_curve", "Mean squared error on 60 test samples", "Mean over 2 targets. "),
        (
            "linnerud",
            "Mean squared error on 6 test samples. May mix units",
            "Mean over 3 targets, perhaps in different units, so the largest errors count most. ",
        ),
        (
            "labels",
            "Label accuracy on 150 test samples",
            "Each sample counts with the share of its 3 labels that are correct. ",
        ),
    ],
)
def test_a_head_says_what_its_score_averages(trained, name, label, about) -> None:
    view = view_of(trained, [several(name)])
    head = head_of(view, 0)
    assert head.label == label
    assert about in head.about
    assert view.dataset.task.constant_model in head.about
    assert head.numbers["score"].text == with_spread(view.evaluations[0].headline)
    baseline = number(view.evaluations[0].baseline)
    assert head.numbers["gain"].after == f" vs. baseline {baseline}"


def test_the_film_has_the_scores_of_new_evaluations(trained) -> None:
    """A label accuracy counts labels, so rounding it to whole samples would change it."""
    view = view_of(trained, [several("labels", n_samples=40, n_seeds=4, max_epochs=8)])
    run, dataset = view.runs[0], view.dataset
    epochs = [int(epoch) for epoch in run.checkpoints.epochs]
    shown = [text for text, _ in frame_texts(view, 0, epochs)["score"]]
    exact = [evaluate(run, split="test", epoch=k, dataset=dataset).headline for k in epochs]
    assert shown == [with_spread(scores) for scores in exact]
    n = view.evaluations[0].n_samples
    rounded = [np.rint(scores * n) / n for scores in exact]
    assert any(not np.allclose(a, b) for a, b in zip(exact, rounded, strict=True))
