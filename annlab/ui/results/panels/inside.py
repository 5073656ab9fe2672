"""Inside tab: units, weights and spaces of the networks at every checkpoint."""

import json
from collections.abc import Hashable

import streamlit as st

from annlab.analysis.separability import Separability, separability_of_classes
from annlab.config import DatasetConfig
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
from annlab.ui.results.marked_sample import mark_sample, marked_sample
from annlab.ui.results.model_plots import stage_plot
from annlab.ui.results.view import ResultsView
from annlab.ui.text.separability_text import separability_text
from annlab.ui.text.settings_text import model_title

# Separability of more activations takes too long for a page.
MAX_NUMBERS = 500_000


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
        marked = marked_sample(view)
        # The browser reads it when the tab opens.
        st.html(f"<i hidden data-marked-sample='{-1 if marked is None else marked}'></i>")
        inside_view(
            _inside_text((key, seen), view, small),
            "inside",
            lambda sample: mark_sample(view, sample),
        )
    if any(run.config.model.dropout for run in view.runs):
        st.caption("Dropout is off here, as it is whenever a trained network predicts.")
    if view.dataset.class_names:
        _say_separability(view)
    large = [i for i in range(len(view.runs)) if i not in small]
    if large:
        st.caption(
            f"Networks with more than {MAX_PARAMETERS:,} weights are too large to follow the film. "
            "The pictures below show the epoch at which the film rests."
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


def _say_separability(view: ResultsView) -> None:
    """Whether the classes are linearly separable in the input and in the last hidden layers."""
    data, names = view.network_data, view.dataset.class_names
    config = view.runs[0].config.dataset
    if data.X_train.size <= MAX_NUMBERS:
        found = cached(separability_of_input)(config, view.dataset, network=view.network)
        st.markdown(separability_text(found, names, "the input"))
    for i, run in enumerate(view.runs):
        n_units = (run.config.model.hidden_sizes or (0,))[-1]
        if not 0 < len(data.X_train) * n_units <= MAX_NUMBERS:
            continue
        found = cached(separability_of_last_layer)(
            run, view.dataset, epoch=view.weights[i], network=view.network
        )
        units = f"{n_units} {'unit' if n_units == 1 else 'units'}"
        text = separability_text(found, names, f"the space of the last hidden layer ({units})")
        st.markdown(f"{view.title(i)}, after epoch {view.epochs[i]}. {text}")


def separability_of_input(
    config: DatasetConfig, dataset: Dataset, *, network: int
) -> dict[int, Separability]:
    """Separability of the classes of one network's training samples."""
    own = dataset.of(network)
    return separability_of_classes(own.X_train, own.y_train, len(own.class_names))


def separability_of_last_layer(
    run: Run, dataset: Dataset, *, epoch: Epoch, network: int
) -> dict[int, Separability]:
    """Separability of the classes of the training samples in the last hidden layer."""
    one = one_network(run, dataset, epoch, network)
    A = activations(one, one.dataset.X_train, len(one.layers) - 1)
    n_classes = len(one.dataset.class_names)
    return separability_of_classes(A, one.dataset.y_train, n_classes, one.layers[-1])


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
                "key": f"{run.fingerprint} {_view.network}",
                "name": _view.name(i),
                "title": model_title(run.config),
                "color": MODEL_COLORS[_view.places[i]],
                "picture": f"{stage_plot(_view).key}-{_view.places[i]}",
                "axes": list(_view.axes),
                "epochs": [int(epoch) for epoch in run.checkpoints.epochs],
            }
        )
    return json.dumps({"look": look(theme()), "models": models})
