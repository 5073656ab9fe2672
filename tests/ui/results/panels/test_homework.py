"""The homework report of runs with several targets or labels."""

import numpy as np
import pytest

from annlab import evaluate
from annlab.figures import report_page
from annlab.ui.results.panels.homework import report_of
from annlab.ui.text.scores_text import with_spread
from tests.analysis.several_targets import several
from tests.ui.results.several_targets import view_of


def test_all_recorded_scores_of_labels_are_in_the_report(trained) -> None:
    configs = [several("labels", hidden_sizes=hidden) for hidden in ((), (8,))]
    view = view_of(trained, configs)
    report = report_of(view)
    assert list(report.scores.heads[1:4]) == [
        "Label accuracy on 150 test samples",
        "on 280 training samples",
        "Subset accuracy",
    ]
    *rows, guessed = report.scores.rows
    for row, run, found in zip(rows, view.runs, view.evaluations, strict=True):
        training = evaluate(run, split="train").label_accuracy
        assert row[1] == with_spread(found.label_accuracy)
        assert row[2] == with_spread(training.astype(np.float32))
        assert row[3] == with_spread(found.subset_accuracy)
    assert guessed[0] == "always predicting the more common value of each label"
    assert {len(row) for row in report.scores.rows} == {len(report.scores.heads)}
    expected = "Label accuracy: each sample counts with the share of its 3 labels that are correct."
    assert expected in report.notes
    assert "Subset accuracy" in report_page(report)


@pytest.mark.parametrize(("name", "mixed"), [("linnerud", True), ("plane_curve", False)])
def test_the_report_says_what_a_mean_over_targets_mixes(trained, name, mixed) -> None:
    view = view_of(trained, [several(name)])
    (note,) = (note for note in report_of(view).notes if "Mean squared error: mean over" in note)
    assert ("in different units" in note) is mixed
