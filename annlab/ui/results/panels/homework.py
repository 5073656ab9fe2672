"""Homework report: scores, verdict, settings and charts of the results on one page."""

import re
from collections.abc import Sequence
from operator import itemgetter

import plotly.graph_objects as go

from annlab.config.differences import differences
from annlab.config.settings import settings_that_apply
from annlab.figures import Report, ReportTable
from annlab.formatting import number
from annlab.runs.history import column
from annlab.runs.run import Run
from annlab.ui.results.charts import charts_of_results
from annlab.ui.results.model_plots import confusion_chart
from annlab.ui.results.view import ResultsView, networks_of, of_the_same_data
from annlab.ui.text.networks_text import (
    SPLIT_NAMES,
    how_many_networks,
    left_out_networks,
    whose_plots,
    whose_weights,
)
from annlab.ui.text.scores_text import with_spread
from annlab.ui.text.settings_text import model_title
from annlab.ui.text.targets_text import what_is_averaged

# Suffix of the key of a chart of one model.
_PLACE = re.compile(r"-(\d+)$")


def report_of(view: ResultsView) -> Report:
    """Collect the report of a view: scores, verdict, settings, charts, link.

    Parameters
    ----------
    view : ResultsView
        View whose charts are already drawn.

    Returns
    -------
    Report
    """
    configs = [run.config for run in view.runs]
    letters = [view.name(i) for i in range(len(configs))]
    differing = differences(configs)
    shared = {
        setting.label: setting.say(configs[0])
        for setting in settings_that_apply(configs[0])
        if setting not in [item.setting for item in differing]
    }
    rows = [[item.setting.label, *map(item.setting.format, item.values)] for item in differing]
    models = _models(view)
    titles = [model_title(run.config) for _, run in models]
    what = " or ".join(titles) if len(titles) < 3 else f"{len(titles)} models compared"
    return Report(
        title=f"{view.spec.label}: {what}",
        models=[(place, _named(view, run)) for place, run in models],
        verdict=[_uncolored(sentence) for sentence in view.verdicts],
        scores=_scores(view),
        differing=ReportTable(["Setting", *letters], rows),
        settings=shared,
        charts=_charts(view),
        link=view.link,
        provenance=_provenance(view),
        notes=_notes(view),
    )


def _charts(view: ResultsView) -> list[tuple[str, go.Figure]]:
    """Result charts of the view, grouped by kind, without hints about clicks.

    The key of a chart of one model ends with the model's place; other models are left out.
    """
    charts = dict(charts_of_results())
    if view.dataset.task.draws("confusion"):  # also if their tab has not been open
        for i in range(len(view.runs)):
            charts.setdefault(f"confusion-{view.places[i]}", confusion_chart(view, i))
    drawn = {
        key: (description.partition("; a click")[0], figure)
        for key, (description, figure) in charts.items()
        if not (place := _PLACE.search(key)) or int(place[1]) in view.places[: len(view.runs)]
    }
    kinds = list(dict.fromkeys(_PLACE.sub("", key) for key in drawn))
    return [drawn[key] for key in sorted(drawn, key=lambda k: kinds.index(_PLACE.sub("", k)))]


def _models(view: ResultsView) -> list[tuple[int, Run]]:
    """All models on the page by place, because verdicts and curves include all."""
    groups = (view, *view.elsewhere)
    found = [model for group in groups for model in zip(group.places, group.runs, strict=False)]
    return sorted(found, key=itemgetter(0))


def _named(view: ResultsView, run: Run) -> str:
    name, title = view.run_names.get(run.fingerprint, ""), model_title(run.config)
    return f"{name}: {title}" if name else title


def _uncolored(markdown: str) -> str:
    """Remove Streamlit's color markup and escapes from a sentence."""
    plain = re.sub(r":[\w-]+\[((?:\\.|[^\]\\])*)\]", r"\1", markdown)
    return re.sub(r"\\([^\w\s])", r"\1", plain)


def _scores(view: ResultsView) -> ReportTable:
    """Scores of the networks that did not diverge, and of the constant model."""
    first = view.evaluations[0]
    on_training = view.split != "train"
    heads = ["Model", f"{first.score.label} on {first.n_samples:,} {SPLIT_NAMES[view.split]}"]
    heads += [f"on {view.runs[0].n_samples['train']:,} training samples"] if on_training else []
    others = [score for score in first.task.scores if score is not first.score]
    heads += [*(score.label for score in others), "Loss", "Networks", "Parameters each"]
    on_train = column("train", first.score.name)
    rows = []
    for i, run in enumerate(view.runs):
        evaluation = view.evaluations[i]
        counted = evaluation.counted
        row = [view.name(i), with_spread(evaluation.headline[counted])]
        if on_training:
            row.append(with_spread(run.history_at(on_train, view.weights[i])[counted]))
        row += [
            *(with_spread(getattr(evaluation, score.name)[counted]) for score in others),
            with_spread(evaluation.loss[counted]),
            how_many_networks(counted),
            f"{run.n_parameters:,}",
        ]
        rows.append(row)
    guessed = [number(first.baseline), *["–"] * (len(heads) - 2)]
    return ReportTable(heads, [*rows, [first.task.constant_model, *guessed]])


def _notes(view: ResultsView) -> list[str]:
    first, n_counted = view.runs[0], [int(found.counted.sum()) for found in view.evaluations]
    notes = ["annlab computes scores after an epoch, without dropout, on all samples of a split."]
    if averaged := what_is_averaged(view.evaluations[0].score, view.spec):
        notes.insert(0, f"{view.evaluations[0].score.label}: {averaged[:1].lower()}{averaged[1:]}.")
    if max(n_counted) > 1:
        notes.insert(0, "Mean ± standard deviation over the networks of a model.")
    if view.elsewhere:
        notes.insert(0, f"Scores, settings and charts show {of_the_same_data(view)}.")
    if view.dataset.networks and view.split in first.n_distinct:
        n = f"{first.n_distinct[view.split]:,} different {SPLIT_NAMES[view.split]}"
        notes.append(f"Each network has its own data: {n} in total.")
    for i, run in enumerate(view.runs):
        about = (
            whose_weights(run, view.weights[i]),
            left_out_networks(view.evaluations[i].counted),
            run.message.rstrip("."),
        )
        notes += [f"{view.name(i)}: {note}." for note in about if note]
    if plots := whose_plots(*networks_of(view), view.network, view.is_median):
        notes.append(plots)
    return notes


def _provenance(view: ResultsView) -> dict[str, str]:
    """Versions, date and machine: once if all runs agree, else per run."""
    names = dict.fromkeys(name for run in view.runs for name in run.provenance)
    letters = [view.name(i) for i in range(len(view.runs))]
    return {
        name: _agreed([run.provenance.get(name, "unknown") for run in view.runs], letters)
        for name in names
    }


def _agreed(values: Sequence[str], letters: Sequence[str]) -> str:
    if len(set(values)) == 1:
        return values[0]
    return ", ".join(f"{letter} {value}" for letter, value in zip(letters, values, strict=True))
