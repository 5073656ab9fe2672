"""The export panels, alone on a page."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run, evaluate, load_dataset
from annlab.exports import EXPORTS, KERAS, LIGHTNING
from annlab.exports.settings_table import settings_of
from annlab.figures import report_page
from annlab.ui.results.panels.homework import _uncolored, report_of
from annlab.ui.results.view import ResultsView
from annlab.ui.text.scores_text import with_spread
from tests.exports.scripts import Train


def _page(name, view):  # the source runs by itself, so no annotations
    from annlab.ui.results.panels.code import draw_code
    from annlab.ui.results.panels.export import draw_export

    {"code": draw_code, "export": draw_export}[name](view)


@pytest.fixture
def view(binary_run: Run, trained: Train) -> Any:
    model = binary_run.config.model.model_copy(update={"hidden_sizes": ()})
    runs = [binary_run, trained(binary_run.config.model_copy(update={"model": model}))]
    return ResultsView(
        runs=runs,
        dataset=load_dataset(binary_run.config),
        split="test",
        epoch=12,
        epochs=[12, 12],
        network=0,
        axes=(0, 1),
        evaluations=[evaluate(run) for run in runs],
        run_names={binary_run.fingerprint: "<script>alert(1)</script>"},
        link="https://annlab.example/logistic_vs_mlp?data=moons&b.hidden=4-2",
        verdicts=[":violet[**B**] is ahead of :green[**A**]."],
    )


def test_the_kind_of_script_can_be_chosen(view: ResultsView) -> None:
    page = AppTest.from_function(
        _page, kwargs={"name": "code", "view": view}, default_timeout=60
    ).run()
    for script in (LIGHTNING, KERAS, LIGHTNING):
        page.segmented_control(key="code-kind").set_value(script.label).run()
        assert not page.exception
        assert [code.value for code in page.code] == [script.make(run).strip() for run in view.runs]


def test_every_file_of_every_model_is_offered(view: ResultsView) -> None:
    page = AppTest.from_function(
        _page, kwargs={"name": "export", "view": view}, default_timeout=60
    ).run()
    assert not page.exception
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["Report", "All charts", "Film", *(2 * [export.label for export in EXPORTS])]


def test_report_matches_the_page(view: ResultsView) -> None:
    report = report_of(view)
    assert report.title == "Moons: MLP 5-3, Tanh or Logistic regression"
    assert report.models == [
        (0, "<script>alert(1)</script>: MLP 5-3, Tanh"),
        (1, "Logistic regression"),
    ]
    assert report.differing.heads == ["Setting", "A", "B"]
    assert ["Hidden layers", "5-3", "none"] in [list(row) for row in report.differing.rows]
    assert report.settings["Learning rate"] == "0.02"
    assert not {"Hidden layers", "Momentum"} & set(report.settings)  # differs; Adam has none
    *rows, guessed = report.scores.rows
    for row, run, evaluation in zip(rows, view.runs, view.evaluations, strict=True):
        assert row[1] == with_spread(evaluation.headline)
        assert row[2] == with_spread(evaluate(run, split="train").headline)
    assert guessed[:2] == [view.evaluations[0].task.constant_model, "0.500"]
    assert report.provenance["torch"] == view.runs[0].provenance["torch"]
    assert report.verdict == ["**B** is ahead of **A**."]
    page = report_page(report)
    assert "<script>alert(1)" not in page
    assert view.link.replace("&", "&amp;") in page


def test_settings_of_hidden_layers_are_not_those_of_a_linear_model(view: ResultsView) -> None:
    mlp, linear = (settings_of(run.config) for run in view.runs)
    assert set(mlp) - set(linear) == {"Activation", "Dropout", "Wide and deep"}


def test_networks_that_diverged_do_not_count_in_the_report(view: ResultsView) -> None:
    counted = np.array([True, False, True])
    evaluations = [replace(evaluation, counted=counted) for evaluation in view.evaluations]
    report = report_of(replace(view, evaluations=evaluations))
    for row, evaluation in zip(report.scores.rows, view.evaluations, strict=False):
        assert row[1] == with_spread(evaluation.headline[counted])
        assert row[-2] == "2 of 3"
    assert "A: 1 of 3 networks diverged and is left out." in report.notes
    assert any(note.startswith("Scores: mean of 2 of 3 networks.") for note in report.notes)


def test_the_colors_of_letters_are_left_out() -> None:
    assert _uncolored(":violet[**A**] is ahead of :green[**B**].") == "**A** is ahead of **B**."
