"""The results of a bench: headline, surfaces, confusion, curves, and the panels below."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.diagnosis import diagnose
from annlab.analysis.truth import has_truth
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.formatting import number
from annlab.runs.run import Run
from annlab.ui.results import cached_figures
from annlab.ui.results.model_plots import VIEWS, draw_score
from annlab.ui.results.panels import PANELS
from annlab.ui.results.verdicts import draw_verdicts
from annlab.ui.results.view import Shown, networks_of, with_training
from annlab.ui.results.view_controls import Group, draw_curves, look
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
    def view() -> None:
        cached_figures.forget_results()
        (shown,), draw_link = look(state, [Group(runs, dataset)])
        said = _verdict(shown)
        draw_models([shown])
        draw_curves(state, [shown])
        draw_panels(state, replace(shown, said=said))
        draw_link()
        state.write_address()

    view()


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


def _verdict(shown: Shown) -> tuple[str, ...]:
    """Who is ahead, and how far that goes: every model against A; of more than two, all scores."""
    if len(shown.runs) > 2:
        table(_ranking(shown))
    said = draw_verdicts((shown, 0), [(shown, i) for i in range(1, len(shown.runs))])
    if whose := whose_plots(*networks_of(shown), shown.seed, shown.is_median):
        st.caption(whose)
    return said


def _ranking(shown: Shown) -> str:
    """A table of all models, the best first.

    Where the true function is known, the error against it decides: noise and outliers are in
    the samples of every split.
    """
    first, places = shown.evaluations[0], range(len(shown.runs))
    # Networks that diverged do not count.
    scores = [found.headline[found.counted] for found in shown.evaluations]
    by_truth = has_truth(shown.runs[0])
    errors = [_error_inside(shown, i) for i in places] if by_truth else []
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
            badge(shown.places[i]),
            model_title(shown.runs[i].config) + how_it_ended(shown.runs[i]),
            *([with_spread(errors[i])] if by_truth else []),
            with_training(shown, i, attrgetter("headline")),
            f"{number(ends[0])} to {number(ends[1])}",
            with_training(shown, i, attrgetter("loss")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    said = []
    if by_truth:
        said.append(
            "Ranked by the error against the true function (RMSE) where samples lie, without noise "
            "and outliers."
        )
    if shown.part != "train":
        said.append(f"In parentheses: on the {PART_NAMES['train']}.")
    if said:
        lines += ["", f":small[:gray[{' '.join(said)}]]"]
    return "\n".join(lines)


def _error_inside(shown: Shown, i: int) -> NDArray[Any]:
    """Of the networks that count, the error against the true function where samples lie."""
    found = cached_figures.truth(shown.runs[i].fingerprint, shown.weights[i], shown.runs[i])
    inside: NDArray[Any] = found.inside[found.counted]
    return inside


def draw_models(
    groups: Sequence[Shown], below: Callable[[Shown, int], None] = lambda shown, i: None
) -> None:
    """The models side by side: what each is, its score, its pictures.

    Parameters
    ----------
    groups : sequence of Shown
    below : callable
        Draws what else stands under a model: ``(shown, index)``.
    """
    models = sorted(
        ((shown, i) for shown in groups for i in range(len(shown.runs))),
        key=lambda model: model[0].places[model[1]],
    )
    for cell, (shown, i) in zip(cells(len(models)), models, strict=True):
        with cell:
            st.markdown(f"##### {badge(shown.places[i])} {model_title(shown.runs[i].config)}")
            for said in (shown.runs[i].message, out_of_reach(shown.runs[i], shown.dataset)):
                if said:
                    st.warning(plain(said), icon=":material/info:")
            draw_score(shown, i)
            for view in VIEWS:
                if view.applies(shown):
                    view.draw(shown, i)
            _diagnosis(shown, i)
            below(shown, i)


@st.cache_data(max_entries=100, show_spinner=False)
def _findings(fingerprint: str, _run: Run, _dataset: Dataset) -> list[tuple[str, str]]:
    return [(finding.rule, finding.text) for finding in diagnose(_run, dataset=_dataset)]


def _diagnosis(shown: Shown, i: int) -> None:
    """What stands out in a run at its end, with the evidence; whatever epoch is shown."""
    run = shown.runs[i]
    found = _findings(run.fingerprint, run, shown.whole)
    if found:
        best = ", with the best weights" if run.stops_early else ""
        of = (
            "\n\nIn these sentences, scores and losses are medians over the networks."
            if run.n_seeds > 1
            else ""
        )
        st.caption(
            f"**Things to notice at the end of training{best}**\n"
            + "\n".join(f"- {text}" for _, text in found)
            + of
        )


def draw_panels(state: PageState, shown: Shown) -> None:
    """The panels that say something about what is shown, one tab each."""
    shown = replace(shown, link=state.link())
    panels = [panel for panel in PANELS if panel.applies(shown)]
    tabs = st.tabs([panel.title for panel in panels], key=state.key("panel"), on_change="rerun")
    for tab, panel in zip(tabs, panels, strict=True):
        if tab.open:
            with tab:
                panel.draw(shown)
