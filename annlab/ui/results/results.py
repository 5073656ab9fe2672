"""The results of a bench: headline, surfaces, confusion, curves, and the panels below."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.diagnosis import diagnose
from annlab.analysis.truth import has_truth, score_against_truth
from annlab.config import DatasetConfig, RunConfig
from annlab.formatting import number
from annlab.runs.run import Run
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import forget_results
from annlab.ui.results.curves import draw_curves
from annlab.ui.results.model_plots import MODEL_PLOTS, draw_score
from annlab.ui.results.panels import PANELS
from annlab.ui.results.verdicts import draw_verdicts
from annlab.ui.results.view import Group, ResultsView, networks_of, with_training
from annlab.ui.results.view_controls import view_controls
from annlab.ui.services import services
from annlab.ui.shell import cells, table
from annlab.ui.state.bench_state import PageState
from annlab.ui.text.wording import (
    PART_NAMES,
    badge,
    how_it_ended,
    model_title,
    out_of_reach,
    plain,
    whose_plots,
    with_spread,
)


def results(state: PageState, runs: list[Run]) -> None:
    """Draw all results of a bench, with what moves them: epoch, network, axes.

    Parameters
    ----------
    state : PageState
        Of the page.
    runs : list of Run
        The models, A first, on the same data.
    """
    config = runs[0].config
    try:
        dataset = services().datasets.load_if_ready(config)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    if dataset is None:
        wait_for_data(config)
        return

    @st.fragment
    def draw() -> None:
        forget_results()
        (view,), draw_link = view_controls(state, [Group(runs, dataset)])
        verdicts = _verdict(view)
        draw_models([view])
        draw_curves(state, [view])
        draw_panels(state, replace(view, verdicts=verdicts))
        draw_link()
        state.write_address()

    draw()


@st.fragment(run_every=1.0)
def wait_for_data(config: DatasetConfig | RunConfig) -> None:
    """Wait for the data of stored runs, which a worker loads."""
    try:
        made = services().datasets.load_if_ready(config) is not None
    except ValueError:
        made = True  # what there is to say is said by the results
    if made:
        st.rerun()
    said = "Loading the data…" if services().cluster.ready else "Starting the training workers…"
    st.caption(services().cluster.start_error or said)


def _verdict(view: ResultsView) -> tuple[str, ...]:
    """Who is ahead, and how far that goes: every model against A; of more than two, all scores."""
    if len(view.runs) > 2:
        table(_ranking(view))
    said = draw_verdicts((view, 0), [(view, i) for i in range(1, len(view.runs))])
    if whose := whose_plots(*networks_of(view), view.network, view.is_median):
        st.caption(whose)
    return said


def _ranking(view: ResultsView) -> str:
    """A table of all models, the best first.

    Where the true function is known, the error against it decides: noise and outliers are in
    the samples of every split.
    """
    first, places = view.evaluations[0], range(len(view.runs))
    # Networks that diverged do not count.
    scores = [found.headline[found.counted] for found in view.evaluations]
    by_truth = has_truth(view.runs[0])
    errors = [_error_inside(view, i) for i in places] if by_truth else []
    order = (
        sorted(places, key=lambda i: errors[i].mean())
        if by_truth
        else sorted(places, key=lambda i: scores[i].mean(), reverse=first.score.higher_is_better)
    )
    heads = ["", "model", *(["error against the true function (inside)"] if by_truth else [])]
    heads += [first.score.label.lower(), "worst to best", "loss"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for i in order:
        ends = sorted((scores[i].min(), scores[i].max()), reverse=not first.score.higher_is_better)
        cells = [
            badge(view.places[i]),
            model_title(view.runs[i].config) + how_it_ended(view.runs[i]),
            *([with_spread(errors[i])] if by_truth else []),
            with_training(view, i, attrgetter("headline")),
            f"{number(ends[0])} to {number(ends[1])}",
            with_training(view, i, attrgetter("loss")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    said = []
    if by_truth:
        said.append(
            "Ranked by the error against the true function (RMSE) where samples lie, without noise "
            "and outliers."
        )
    if view.split != "train":
        said.append(f"In parentheses: on the {PART_NAMES['train']}.")
    if said:
        lines += ["", f":small[:gray[{' '.join(said)}]]"]
    return "\n".join(lines)


def _error_inside(view: ResultsView, i: int) -> NDArray[Any]:
    """Of the networks that count, the error against the true function where samples lie."""
    found = cached(score_against_truth)(view.runs[i], view.weights[i])
    inside: NDArray[Any] = found.inside[found.counted]
    return inside


def draw_models(
    groups: Sequence[ResultsView], below: Callable[[ResultsView, int], None] = lambda view, i: None
) -> None:
    """The models side by side: what each is, its score, its pictures.

    Parameters
    ----------
    groups : sequence of ResultsView
    below : callable
        Draws what else stands under a model: ``(view, index)``.
    """
    models = sorted(
        ((view, i) for view in groups for i in range(len(view.runs))),
        key=lambda model: model[0].places[model[1]],
    )
    for cell, (view, i) in zip(cells(len(models)), models, strict=True):
        with cell:
            st.markdown(f"##### {badge(view.places[i])} {model_title(view.runs[i].config)}")
            for said in (view.runs[i].message, out_of_reach(view.runs[i], view.network_data)):
                if said:
                    st.warning(plain(said), icon=":material/info:")
            draw_score(view, i)
            for plot in MODEL_PLOTS:
                if plot.applies(view):
                    plot.draw(view, i)
            _diagnosis(view, i)
            below(view, i)


def _diagnosis(view: ResultsView, i: int) -> None:
    """What stands out in a run at its end, with the evidence; whatever epoch is shown."""
    run = view.runs[i]
    found = cached(diagnose)(run, dataset=view.dataset)
    if found:
        best = ", with the best weights" if run.stops_early else ""
        of = (
            "\n\nIn these sentences, scores and losses are medians over the networks."
            if run.n_seeds > 1
            else ""
        )
        st.caption(
            f"**Things to notice at the end of training{best}**\n"
            + "\n".join(f"- {finding.text}" for finding in found)
            + of
        )


def draw_panels(state: PageState, view: ResultsView) -> None:
    """The panels that say something about what is shown, one tab each."""
    view = replace(view, link=state.link())
    panels = [panel for panel in PANELS if panel.applies(view)]
    tabs = st.tabs([panel.title for panel in panels], key=state.key("panel"), on_change="rerun")
    for tab, panel in zip(tabs, panels, strict=True):
        if tab.open:
            with tab:
                panel.draw(view)
