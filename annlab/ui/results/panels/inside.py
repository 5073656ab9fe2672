"""Inside tab: units, weights and spaces of the networks at every checkpoint."""

import json
from collections.abc import Hashable

import streamlit as st

from annlab.analysis.separability import Separability, linearly_separable, separable_from_rest
from annlab.datasets import Dataset
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.base.theme import look
from annlab.figures.of_run.inside import MAX_PARAMETERS
from annlab.figures.of_run.one_network import one_network
from annlab.figures.of_run.spaces import activations
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.components.inside import inside_view
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.model_plots import stage_plot
from annlab.ui.results.view import ResultsView
from annlab.ui.text.separability_text import separability_text
from annlab.ui.text.settings_text import model_title

# Separability of more activations takes too long for a page.
MAX_NUMBERS = 500_000
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
        marked = marked_sample()
        # The browser reads it when the tab opens.
        st.html(f"<i hidden data-marked-sample='{-1 if marked is None else marked}'></i>")
        inside_view(_inside_text((key, seen), view, small), "inside", _mark)
    if view.dataset.class_names:
        _say_separability(view)
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


def marked_sample() -> int | None:
    """Position in the shown split of the sample that all views mark."""
    sample: int | None = st.session_state.get(SAMPLE)
    return sample


def _say_separability(view: ResultsView) -> None:
    """Whether the classes are linearly separable in the input and in the last hidden layer."""
    names = view.dataset.class_names
    for i, run in enumerate(view.runs):
        texts = []
        for layer, place in enumerate(_spaces(run)):
            n_units = (run.config.architecture.n_features, *run.config.model.hidden_sizes)[layer]
            if place and len(view.network_data.X_train) * n_units <= MAX_NUMBERS:
                found = cached(separability)(
                    run, view.dataset, layer=layer, epoch=view.weights[i], network=view.network
                )
                texts.append(separability_text(found, names, place))
        if texts:
            st.markdown(f"{view.title(i)}, after epoch {view.epochs[i]}. {' '.join(texts)}")


def _spaces(run: Run) -> list[str]:
    """Names of the spaces of which something is said, by layer."""
    hidden = run.config.model.hidden_sizes
    if not hidden:
        return ["the input"]
    n = hidden[-1]
    last = f"the space of the last hidden layer ({n} {'unit' if n == 1 else 'units'})"
    return ["the input", *[""] * (len(hidden) - 1), last]


def separability(
    run: Run, dataset: Dataset, *, layer: int, epoch: Epoch, network: int
) -> dict[int, Separability]:
    """Separability of the classes of the training samples in one layer; 0 is the input.

    Returns
    -------
    dict of int to Separability
        One entry for two classes, else one for each class against the rest.
    """
    one = one_network(run, dataset, epoch, network)
    A, y = activations(one, one.dataset.X_train, layer), one.dataset.y_train
    if len(one.dataset.class_names) > 2:
        return separable_from_rest(A, y)
    output = one.layers[-1] if layer == len(one.layers) - 1 else None
    return {1: linearly_separable(A, y, pair=(0, 1), output=output)}


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
