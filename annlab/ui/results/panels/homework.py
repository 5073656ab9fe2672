"""The report for homework: what the results say, gathered for one page."""

import re
from collections.abc import Sequence
from operator import itemgetter

import plotly.graph_objects as go

from annlab.config.links import differences
from annlab.config.settings import FIELDS
from annlab.exports.settings import applies
from annlab.figures import Report, ReportTable
from annlab.formatting import number
from annlab.runs.history import column
from annlab.runs.run import Run
from annlab.ui.results.charts import charts_of_results
from annlab.ui.results.view import ResultsView, networks_of, of_the_same_data
from annlab.ui.text.wording import (
    PART_NAMES,
    how_many,
    left_out,
    model_title,
    say_of,
    whose_plots,
    whose_weights,
    with_spread,
)

# In the key of a chart of one model.
_PLACE = re.compile(r"-(\d+)$")


def report_of(view: ResultsView) -> Report:
    """Gather what is shown: scores, verdict, settings, charts, link.

    Parameters
    ----------
    view : ResultsView
        Its charts have been drawn.

    Returns
    -------
    Report
    """
    configs = [run.config for run in view.runs]
    letters = [view.name(i) for i in range(len(configs))]
    differing = {item.field: item.values for item in differences(configs)}
    shared = {
        field.label: said
        for field in FIELDS
        if field not in differing
        and any(applies(field, config) for config in configs)
        and (said := say_of(configs[0], field, field.of(configs[0]))) != "–"
    }
    rows = [
        [
            field.label,
            *(say_of(config, field, value) for config, value in zip(configs, values, strict=True)),
        ]
        for field, values in differing.items()
    ]
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
    """The results on the page: charts of one kind side by side, without hints about clicks.

    The key of a chart of one model ends with the model's place; others are left out.
    """
    drawn = {
        key: (description.partition("; a click")[0], figure)
        for key, (description, figure) in charts_of_results().items()
        if not (place := _PLACE.search(key)) or int(place[1]) in view.places[: len(view.runs)]
    }
    kinds = list(dict.fromkeys(_PLACE.sub("", key) for key in drawn))
    return [drawn[key] for key in sorted(drawn, key=lambda k: kinds.index(_PLACE.sub("", k)))]


def _models(view: ResultsView) -> list[tuple[int, Run]]:
    """Every model on the page by its place: verdicts and curves speak of all."""
    groups = (view, *view.elsewhere)
    found = [model for group in groups for model in zip(group.places, group.runs, strict=False)]
    return sorted(found, key=itemgetter(0))


def _named(view: ResultsView, run: Run) -> str:
    name, title = view.run_names.get(run.fingerprint, ""), model_title(run.config)
    return f"{name}: {title}" if name else title


def _uncolored(markdown: str) -> str:
    """A sentence without the names of colors around its letters."""
    return re.sub(r":[\w-]+\[(.*?)\]", r"\1", markdown)


def _scores(view: ResultsView) -> ReportTable:
    """Scores of the networks that count, and what guessing would score."""
    first = view.evaluations[0]
    on_training = view.split != "train"
    heads = ["", f"{first.score.label} on {first.n_samples:,} {PART_NAMES[view.split]}"]
    heads += [f"on {view.runs[0].n_samples['train']:,} training samples"] if on_training else []
    heads += ["Loss", "Networks", "Parameters each"]
    on_train = column("train", first.score.name)
    rows = []
    for i, run in enumerate(view.runs):
        evaluation = view.evaluations[i]
        counted = evaluation.counted
        row = [view.name(i), with_spread(evaluation.headline[counted])]
        if on_training:
            row.append(with_spread(run.history_at(on_train, view.weights[i])[counted]))
        row += [with_spread(evaluation.loss[counted]), how_many(counted), f"{run.n_parameters:,}"]
        rows.append(row)
    guessed = [number(first.baseline), *["–"] * (len(heads) - 2)]
    return ReportTable(heads, [*rows, [first.task.constant_model, *guessed]])


def _notes(view: ResultsView) -> list[str]:
    first, n_counted = view.runs[0], [int(found.counted.sum()) for found in view.evaluations]
    notes = ["annlab measures after an epoch, without dropout, on all samples of a split."]
    if max(n_counted) > 1:
        notes.insert(0, "Mean ± standard deviation over the networks of a model.")
    if view.elsewhere:
        notes.insert(0, f"Scores, settings and charts show {of_the_same_data(view)}.")
    if view.dataset.networks and view.split in first.n_distinct:
        n = f"{first.n_distinct[view.split]:,} different {PART_NAMES[view.split]}"
        notes.append(f"Each network has data of its own, in all {n}.")
    for i, run in enumerate(view.runs):
        about = (
            whose_weights(run, view.weights[i]),
            left_out(view.evaluations[i].counted),
            run.message.rstrip("."),
        )
        notes += [f"{view.name(i)}: {said}." for said in about if said]
    if plots := whose_plots(*networks_of(view), view.network, view.is_median):
        notes.append(plots)
    return notes


def _provenance(view: ResultsView) -> dict[str, str]:
    """Versions, date and machine: once where all runs agree, else of each."""
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
