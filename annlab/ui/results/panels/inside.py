"""Inside tab: units, weights and spaces of the networks at every checkpoint."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.separability import Separability
from annlab.analysis.separability_of_samples import (
    ClassSamples,
    SeparabilityRequest,
    class_samples,
    read_separability,
)
from annlab.config import DatasetConfig
from annlab.config.settings import SETTINGS
from annlab.datasets import Dataset
from annlab.datasets.own.own_data import OwnData
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.base.theme import look
from annlab.figures.of_run.inside import MAX_PARAMETERS
from annlab.figures.of_run.one_network import one_network
from annlab.figures.of_run.spaces import activations
from annlab.formatting import counted
from annlab.nn.tasks import TargetKind
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.runs.train_on import Entry, train_on
from annlab.ui.browser import theme
from annlab.ui.components.inside import inside_view
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.changes import note_change, say_change
from annlab.ui.results.charts import show_chart
from annlab.ui.results.computation import computed
from annlab.ui.results.marked_sample import mark_sample, marked_sample
from annlab.ui.results.model_plots import stage_plot
from annlab.ui.results.view import ResultsView
from annlab.ui.text.separability_text import labels_text, separability_text
from annlab.ui.text.settings_text import model_title

Array = NDArray[Any]

# Separability of more activations takes too long for a page.
MAX_NUMBERS = 500_000


@st.fragment
def draw_inside(view: ResultsView) -> None:
    """Draw small networks in the browser, and pictures of large ones at the shown epoch."""
    say_change()
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
            view.controls.models if view.controls else {},
            lambda sent, target: _start(view, small, sent, target),
        )
    if any(run.config.model.dropout for run in view.runs):
        st.caption("Dropout is off here, as it is whenever a trained network predicts.")
    if (kind := _SEPARATED.get(view.dataset.task.kind)) is not None:
        _say_separability(view, kind)
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


def _start(view: ResultsView, small: list[int], sent: Mapping[str, Any], target: int) -> None:
    """Make the weights that a browser shows the start of a model."""
    if view.controls is None:
        return
    try:
        i = small[sent["model"]]
        run, frame = view.runs[i], sent["frame"]
        epoch = view.weights_of_frames(i)[frame]
        changes = {Entry(*at): float(value) for *at, value in sent["changes"]}
        config = train_on(run, epoch=epoch, network=view.network, changes=changes)
    except (LookupError, TypeError, ValueError, OverflowError):
        return  # a browser sends what it likes
    view.controls.start(config, target)
    name = view.controls.models[target]
    whose = f"Model {name} now starts" if len(view.controls.models) > 1 else "All models now start"
    after = int(run.shown_epochs(epoch)[view.network])
    own = {0: "", 1: ", with your change"}.get(len(changes), f", with your {len(changes)} changes")
    note_change(
        f"{whose} from these weights: model {view.name(i)}, network {view.network + 1}, epoch "
        f"{after}{own}. Press Train."
    )


class _Separated(NamedTuple):
    """What is linearly separable or not: classes, or labels."""

    samples: Callable[..., ClassSamples]  # of A, dataset and output layer
    names: Callable[[Dataset, DatasetConfig], Sequence[str]]
    text: Callable[[Mapping[int, Separability], Sequence[str], str], str]
    what: str


def _samples_of_classes(
    A: Array, dataset: Dataset, output: tuple[Array, Array] | None = None
) -> ClassSamples:
    return class_samples(A, dataset.y_train, len(dataset.class_names), output)


def _samples_of_labels(
    A: Array, dataset: Dataset, output: tuple[Array, Array] | None = None
) -> ClassSamples:
    return class_samples(A, dataset.targets("train"), 2, output)


# By the kind of the targets; values have no sides.
_SEPARATED: dict[TargetKind, _Separated] = {
    "class": _Separated(
        _samples_of_classes, lambda data, config: data.class_names, separability_text, "classes"
    ),
    "labels": _Separated(
        _samples_of_labels,
        lambda data, config: config.spec.names_of_targets(),
        labels_text,
        "labels",
    ),
}


def _say_separability(view: ResultsView, separated: _Separated) -> None:
    """Whether groups are linearly separable in the input and in the last hidden layers."""
    data = view.network_data
    names = separated.names(view.dataset, view.runs[0].config.dataset)
    config = view.runs[0].config.dataset
    if data.X_train.size <= MAX_NUMBERS:
        of_input = partial(samples_of_input, config, view.dataset, network=view.network)
        request = cached(request_of_input)(config, view.dataset, network=view.network)
        if (
            found := _separability(request, of_input, config.own, "input", separated.what)
        ) is not None:
            derives = any(run.config.model.features for run in view.runs)
            place = "the plain features" if derives else "the input"
            st.markdown(separated.text(found, names, place))
    for i, run in enumerate(view.runs):
        n_units = _n_in_last_space(run)
        if not 0 < len(data.X_train) * n_units <= MAX_NUMBERS:
            continue
        at: dict[str, Any] = {"epoch": view.weights[i], "network": view.network}
        request = cached(request_of_last_layer)(run, view.dataset, **at)
        of_layer = partial(samples_of_last_layer, run, view.dataset, **at)
        if (
            found := _separability(request, of_layer, config.own, view.name(i), separated.what)
        ) is not None:
            text = separated.text(found, names, _last_space(run))
            st.markdown(f"{view.title(i)}, after epoch {view.epochs[i]}. {text}")


def _n_in_last_space(run: Run) -> int:
    """Values that the output layer receives; 0 if these are the features."""
    model = run.config.model
    plain = not model.hidden_sizes and not model.features
    return 0 if plain else run.config.architecture.layers[-1].n_in


def _last_space(run: Run) -> str:
    """Space before the output layer, for `separability_text`."""
    if not run.config.model.hidden_sizes:
        return f"the space of its features ({SETTINGS['features'].say(run.config)})"
    units = counted(run.config.model.hidden_sizes[-1], "unit")
    if run.config.architecture.has_skip:
        inputs = counted(run.config.architecture.n_inputs, "input")
        return f"the space of the last hidden layer and the inputs ({units}, {inputs})"
    return f"the space of the last hidden layer ({units})"


def _separability(
    request: SeparabilityRequest,
    samples: Callable[[], ClassSamples],
    own: OwnData | None,
    key: str,
    groups: str,
) -> dict[int, Separability] | None:
    """Separability of the groups of some samples, decided by a worker; None until then."""
    what = f"Deciding whether the {groups} are linearly separable"
    data = computed(
        "separability", request, what, attached=lambda: samples().data, own=own, key=key
    )
    return None if data is None else read_separability(data)


def samples_of_input(config: DatasetConfig, dataset: Dataset, *, network: int) -> ClassSamples:
    """Training samples of one network."""
    own = dataset.of(network)
    return _SEPARATED[own.task.kind].samples(own.X_train, own)


def request_of_input(
    config: DatasetConfig, dataset: Dataset, *, network: int
) -> SeparabilityRequest:
    """Request for `samples_of_input`, which is small enough to be cached."""
    return samples_of_input(config, dataset, network=network).request


def samples_of_last_layer(
    run: Run, dataset: Dataset, *, epoch: Epoch, network: int
) -> ClassSamples:
    """Training samples of one network in the space before its output layer, and this layer."""
    one = one_network(run, dataset, epoch, network)
    A = activations(one, one.dataset.X_train, len(one.layers) - 1)
    return _SEPARATED[one.dataset.task.kind].samples(A, one.dataset, one.layers[-1])


def request_of_last_layer(
    run: Run, dataset: Dataset, *, epoch: Epoch, network: int
) -> SeparabilityRequest:
    """Request for `samples_of_last_layer`, which is small enough to be cached."""
    return samples_of_last_layer(run, dataset, epoch=epoch, network=network).request


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
