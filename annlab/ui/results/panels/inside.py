"""Inside tab: units, weights and spaces of the networks at every checkpoint."""

import json
from collections.abc import Hashable

import streamlit as st

from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.base.theme import look
from annlab.figures.of_run.inside import MAX_PARAMETERS
from annlab.ui.browser import theme
from annlab.ui.components.inside import inside_view
from annlab.ui.layout import grid
from annlab.ui.results.charts import show_chart
from annlab.ui.results.model_plots import stage_plot
from annlab.ui.results.view import ResultsView
from annlab.ui.text.settings_text import model_title

# Session key: position in the shown split of the sample that all views mark.
SAMPLE = "marked-sample"


@st.fragment
def draw_inside(view: ResultsView) -> None:
    """Draw small networks in the browser, and pictures of large ones at the shown epoch."""
    small = [i for i, run in enumerate(view.runs) if run.n_parameters <= MAX_PARAMETERS]
    if small:
        key = tuple(
            (view.runs[i].fingerprint, view.places[i], view.name(i), view.weights_at_end)
            for i in small
        )
        seen = (view.network, view.split, view.axes, view.dataset.n_samples, theme())
        # The browser reads it when the tab opens.
        st.html(f"<i hidden data-marked-sample='{_marked()}'></i>")
        inside_view(_inside_text((key, seen), view, small), "inside", _mark)
    large = [i for i in range(len(view.runs)) if i not in small]
    if large:
        st.caption(
            f"Networks with more than {MAX_PARAMETERS:,} weights are too large to follow the film. "
            "These pictures show the epoch at which it rests."
        )
    for i, cell in zip(large, grid(len(large)), strict=True):
        with cell:
            st.markdown(view.title(i))
            picture = of_run.weight_images if view.spec.image_shape else of_run.network_graph
            show_chart(
                view.figure(picture, i),
                f"inside-{view.places[i]}",
                f"Weights of model {view.name(i)} after epoch {view.epochs[i]}",
            )


def _marked() -> int:
    sample = st.session_state.get(SAMPLE)
    return -1 if sample is None else int(sample)


def _mark(sample: int) -> None:
    st.session_state[SAMPLE] = None if sample < 0 else sample


@st.cache_resource(max_entries=20, show_spinner=False)
def _inside_text(key: Hashable, _view: ResultsView, _models: list[int]) -> str:
    """Inside of several models as JSON, kept for all sessions."""
    models = []
    for i in _models:
        run = _view.runs[i]
        found = of_run.inside(
            run,
            _view.dataset,
            epochs=_view.weights_of_frames(i),
            network=_view.network,
            split=_view.split,
            theme=theme(),
        )
        models.append(
            {
                **(found or {}),
                "name": _view.name(i),
                "title": model_title(run.config),
                "color": MODEL_COLORS[_view.places[i]],
                "picture": f"{stage_plot(_view).key}-{_view.places[i]}",
                "axes": list(_view.axes),
                "epochs": [int(epoch) for epoch in run.checkpoints.epochs],
            }
        )
    return json.dumps({"look": look(theme()), "models": models})
