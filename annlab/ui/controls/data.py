"""The controls of the data."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from pydantic import ValidationError

from annlab.config import SCALINGS, TARGET_SCALINGS, DatasetConfig, RunConfig
from annlab.datasets import DATASETS, FUNCTIONS, DatasetSpec
from annlab.fields import BY_URL
from annlab.limits import LIMITS
from annlab.ui import charts
from annlab.ui.controls.widgets import choice, folded, number, widget
from annlab.ui.frame import theme
from annlab.ui.server import jobs
from annlab.ui.state import BenchState


def draw_data(state: BenchState) -> None:
    """Draw the controls of the data, and the points as they are set now."""
    names = [name for name, spec in DATASETS.items() if spec.task in state.tasks]

    st.selectbox(
        "Data set",
        names,
        index=names.index(state.value_of("data")),
        key=state.drawn_key(BY_URL["data"]),
        format_func=lambda name: DATASETS[name].label,
    )
    spec = DATASETS[state.value_of("data")]
    st.caption(spec.description)
    _preview(state)
    for url, draw in _OF_DATA.items():
        if BY_URL[url].name in spec.defaults:
            draw(state, url, spec)
    folded(state, "data", "More about the data", lambda: _more_data(state, spec))


def on_data(run: RunConfig, data: DatasetConfig) -> RunConfig:
    """A run on other data; what belongs to another task gets its default."""
    changed: dict[str, Any] = {"dataset": data}
    if data.spec.task != run.task.name:
        changed["model"] = run.model.model_copy(update={"output_activation": None})
        changed["training"] = run.training.model_copy(update={"loss": None})
    return run.model_copy(update=changed)


def _noise(state: BenchState, url: str, spec: DatasetSpec) -> None:
    low, high = spec.noise_range
    widget(state, url, st.slider, low, high, step=0.01, help=spec.noise_meaning.capitalize())


# Settings that only some data sets have, and how each is set.
_OF_DATA: dict[str, Callable[[BenchState, str, DatasetSpec], None]] = {
    "function": lambda state, url, spec: choice(
        state, url, FUNCTIONS, lambda name: FUNCTIONS[name].label
    ),
    "noise": _noise,
    "gap": lambda state, url, spec: widget(
        state,
        url,
        st.slider,
        *LIMITS["gap"],
        step=0.1,
        help="Width of a region in the middle in which there are no points.",
    ),
    "outliers": lambda state, url, spec: widget(
        state,
        url,
        st.slider,
        *LIMITS["outliers"],
        step=0.01,
        format="percent",
        help="Share of points that are far off.",
    ),
    "samples": lambda state, url, spec: number(state, url, step=100),
    "classes": lambda state, url, spec: number(state, url),
}


def _more_data(state: BenchState, spec: DatasetSpec) -> None:
    if not spec.n_test_rows:
        _share(
            state,
            "test",
            "Share of the points that no network sees in training; scores are then theirs.",
        )
    _share(
        state,
        "validation",
        "Share of the remaining points that is watched, but not learned from.",
    )
    choice(state, "scaling", SCALINGS, str.capitalize, "Fitted on the training part.")
    if spec.task == "regression":
        choice(
            state,
            "target_scaling",
            TARGET_SCALINGS,
            str.capitalize,
            "Standard: the networks learn targets of mean 0 and deviation 1. Scores and charts "
            "stay in the target's own unit.",
        )
    number(state, "split_seed")
    if "seed" in spec.defaults:
        number(state, "data_seed")
    st.caption(f"Source: {spec.source}")


def _share(state: BenchState, url: str, meaning: str) -> None:
    widget(state, url, st.slider, 0.0, 0.9, step=0.05, format="percent", help=meaning)


def _preview(state: BenchState) -> None:
    """The points as they are now, small: a changed setting is seen before any training."""
    try:
        config = DatasetConfig.model_validate(state.values(0)["dataset"])
        if config.spec.image_shape:  # pictures are shown as they were taken
            config = config.model_copy(update={"scaling": "none"})
        dataset = jobs().dataset_if_ready(config)
    except (ValidationError, ValueError, TimeoutError):
        return  # what is wrong is said on the page
    if dataset is None or (config.spec.task == "regression" and config.spec.n_features > 1):
        return  # not yet there, or no picture
    st.plotly_chart(
        charts.preview(config.digest, theme(), config, dataset),
        key=state.key("preview"),
        config={"staticPlot": True},
        theme=None,
        alt=f"The points of {config.spec.label} as they are set now",
    )
