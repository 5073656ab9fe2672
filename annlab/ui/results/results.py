"""Results of a bench: verdicts, plots of each model, curves, panels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.true_function import has_truth, score_against_truth
from annlab.config import DatasetConfig, RunConfig
from annlab.formatting import number
from annlab.runs.run import Run
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import forget_results
from annlab.ui.results.curves import draw_curves
from annlab.ui.results.film import draw_film
from annlab.ui.results.heads import head_of
from annlab.ui.results.model_plots import draw_on_stage
from annlab.ui.results.panels import PANELS
from annlab.ui.results.stage import Stage
from annlab.ui.results.verdicts import draw_verdicts
from annlab.ui.results.view import (
    Group,
    ModelControls,
    ResultsView,
    in_order,
    networks_of,
    with_training,
)
from annlab.ui.results.view_controls import Shown, film_token, view_controls
from annlab.ui.services import services
from annlab.ui.state.own_access import load_if_ready
from annlab.ui.state.page_state import PageState
from annlab.ui.text.markdown import badge, escape_markdown
from annlab.ui.text.model_names import given_names
from annlab.ui.text.networks_text import SPLIT_NAMES, ending_remark, whose_plots
from annlab.ui.text.scores_text import with_spread
from annlab.ui.text.settings_text import model_title, output_range_warning


def results(
    state: PageState,
    models: Mapping[int, Run],
    name_models: Callable[[], None],
    controls: ModelControls | None = None,
) -> None:
    """Draw all results of a bench, with controls for epoch, network and axes.

    Parameters
    ----------
    state : PageState
        State of the page.
    models : mapping of Run
        Models on the same data, by the index of letter and color.
    name_models : callable
        Sets the names of these models, which the controls may have changed.
    controls : ModelControls or None
        How weights become the start of a model.
    """
    runs = list(models.values())
    config = runs[0].config
    try:
        dataset = load_if_ready(config)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    if dataset is None:
        wait_for_data(config)
        return

    @st.fragment
    def draw() -> None:
        name_models()
        forget_results()
        group = Group(runs, dataset, tuple(models))
        stage = Stage([run.config for run in runs], group.places)
        film = stage.bar.container(key="film")
        shown = view_controls(state, [group], stage.bar)
        (view,) = shown.views
        with stage.verdict:
            verdicts = _verdict(view)
        draw_stage(state, stage, shown)
        draw_notes([view])
        given = given_names()
        names = {run.fingerprint: given[k] for k, run in models.items() if k in given}
        draw_panels(
            state,
            replace(view, verdicts=verdicts, run_names=names, controls=controls),
        )
        shown.draw_link()
        state.write_address()
        with film:  # last, because the pictures must not wait for it
            draw_film(state, shown)

    draw()


def draw_stage(state: PageState, stage: Stage, shown: Shown) -> None:
    """Draw the models side by side, and their curves."""
    models = in_order(shown.views)
    figures = []
    for k, (view, i) in enumerate(models):
        stage.head(k, head_of(view, i))
        with stage.picture(k):
            figures.append(draw_on_stage(view, i))
    first = shown.views[0]
    remark = whose_plots(*networks_of(first), first.network, first.is_median)
    stage.legend(figures, remark if len(shown.views) == 1 else "")
    draw_curves(stage, shown.views, shown.curves)
    stage.mark(first.epoch, film_token(state), *(state.get("ended") or ("", False)))


def draw_notes(views: Sequence[ResultsView]) -> None:
    """Draw warnings about single models, below the stage."""
    for view, i in in_order(views):
        run = view.runs[i]
        for text in (run.message, output_range_warning(run, view.network_data)):
            if text:
                name = badge(view.places[i])
                st.warning(f"{name} {escape_markdown(text)}", icon=":material/info:")


@st.fragment(run_every=1.0)
def wait_for_data(config: DatasetConfig | RunConfig) -> None:
    """Poll until a worker has loaded the data of stored runs."""
    try:
        made = load_if_ready(config) is not None
    except ValueError:
        made = True  # the results show the error
    if made:
        st.rerun()
    text = "Loading the data…" if services().cluster.ready else "Starting the training workers…"
    st.caption(services().cluster.start_error or text)


def _verdict(view: ResultsView) -> tuple[str, ...]:
    """Draw the verdict on every model against A; a ranking of three or more models as details."""
    n = len(view.runs)
    return draw_verdicts(
        (view, 0),
        [(view, i) for i in range(1, n)],
        ranking(view) if n > 2 else "",
        whose_plots(*networks_of(view), view.network, view.is_median),
    )


def ranking(view: ResultsView) -> str:
    """Ranking table of all models, best first.

    If the true function is known, the error against it decides, because every split contains noise
    and outliers.
    """
    first, places = view.evaluations[0], range(len(view.runs))
    # Leave out diverged networks.
    scores = [found.headline[found.counted] for found in view.evaluations]
    by_truth = has_truth(view.runs[0])
    errors = [_error_inside(view, i) for i in places] if by_truth else []
    order = (
        sorted(places, key=lambda i: errors[i].mean())
        if by_truth
        else sorted(places, key=lambda i: scores[i].mean(), reverse=first.score.higher_is_better)
    )
    heads = ["name", "model", *(["error against the true function (inside)"] if by_truth else [])]
    heads += [first.score.label.lower(), "worst to best", "loss"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for i in order:
        ends = sorted((scores[i].min(), scores[i].max()), reverse=not first.score.higher_is_better)
        row = [
            badge(view.places[i]),
            model_title(view.runs[i].config) + ending_remark(view.runs[i]),
            *([with_spread(errors[i])] if by_truth else []),
            with_training(view, i, attrgetter("headline")),
            f"{number(ends[0])} to {number(ends[1])}",
            with_training(view, i, attrgetter("loss")),
        ]
        lines.append(f"| {' | '.join(row)} |")
    notes = []
    if by_truth:
        notes.append(
            "Ranked by the error against the true function (RMSE) where samples lie, without noise "
            "and outliers."
        )
    if view.split != "train":
        notes.append(f"In parentheses: on the {SPLIT_NAMES['train']}.")
    if notes:
        lines += ["", f":small[:gray[{' '.join(notes)}]]"]
    return "\n".join(lines)


def _error_inside(view: ResultsView, i: int) -> NDArray[Any]:
    """Error against the true function inside the samples, of networks that did not diverge."""
    found = cached(score_against_truth)(view.runs[i], view.weights[i])
    inside: NDArray[Any] = found.inside[found.counted]
    return inside


def keep_panel(state: PageState) -> None:
    """Keep the open tab while a training hides it: Streamlit forgets widgets that are not drawn."""
    key = state.current_key("panel")
    if key in st.session_state:
        st.session_state[key] = st.session_state[key]


def draw_panels(state: PageState, view: ResultsView) -> None:
    """Draw the panels that apply to the results, one tab each; the link names the open one."""
    view = replace(view, state=state)
    models = [run for one in (view, *view.elsewhere) for run in one.runs]
    if all(run.config.fits_into_link for run in models):
        view = replace(view, link=state.link())
    panels = [panel for panel in PANELS if panel.applies(view)]
    titles, key = [panel.title for panel in panels], state.view_key("panel")
    if st.session_state.get(key) not in (None, *titles):
        del st.session_state[key]  # a tab that the models before had
    opens_with = state.at_first(key, state.view("tab"))
    tabs = st.tabs(
        titles,
        default=opens_with if opens_with in titles else None,
        key=key,
        on_change="rerun",
    )
    for tab, panel in zip(tabs, panels, strict=True):
        if tab.open:
            state.set_view(tab=None if panel is panels[0] else panel.title)
            with tab:
                panel.draw(view)
