"""The controls of the data."""

from collections.abc import Callable

import streamlit as st
from pydantic import ValidationError

from annlab.config import DatasetConfig
from annlab.config.settings import BY_URL
from annlab.datasets import DATASETS, FUNCTIONS, DatasetSpec
from annlab.datasets.config import SCALINGS, TARGET_SCALINGS
from annlab.figures import data_preview
from annlab.nn.tasks import TASKS
from annlab.ui.results.cached_figures import cached
from annlab.ui.services import services
from annlab.ui.shell import theme
from annlab.ui.sidebar.widgets import choice, folded, typed, widget
from annlab.ui.state.bench_state import BenchState
from annlab.validation import LIMITS


def draw_data(state: BenchState) -> None:
    """Draw the controls of the data, and a preview of the samples."""
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
    folded(state, "data", "Advanced", lambda: _more_data(state, spec))


def _noise(state: BenchState, url: str, spec: DatasetSpec) -> None:
    low, high = spec.noise_range
    widget(state, url, st.slider, low, high, step=0.01, help=spec.noise_meaning.capitalize())


# Controls of the settings that only some data sets have.
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
        help="Width of the region in the middle without samples.",
    ),
    "outliers": lambda state, url, spec: widget(
        state,
        url,
        st.slider,
        *LIMITS["outliers"],
        step=0.01,
        format="percent",
        help="Share of samples with a target far off the curve.",
    ),
    "samples": lambda state, url, spec: typed(state, url, "Samples to generate, for all splits."),
    "classes": lambda state, url, spec: widget(state, url, st.slider, *LIMITS["n_classes"]),
}


def _more_data(state: BenchState, spec: DatasetSpec) -> None:
    if state.value_of("resample") == "folds":
        st.caption("Test split: one fold for each network.")
    elif not spec.n_test_rows:
        _share(
            state,
            "test",
            "Share of samples held out for the test. Scores are computed on them.",
        )
    _share(
        state,
        "validation",
        "Share of the remaining samples used to monitor training.",
    )
    choice(
        state,
        "scaling",
        SCALINGS,
        str.capitalize,
        "Rescales the features, fitted on the training split.",
    )
    if TASKS[spec.task].scales_target:
        choice(
            state,
            "target_scaling",
            TARGET_SCALINGS,
            str.capitalize,
            "Standard: trains on targets with mean 0 and standard deviation 1. Scores stay in the "
            "target's own unit.",
        )
    typed(state, "split_seed", "Another seed puts other samples into each split.")
    if "seed" in spec.defaults:
        typed(state, "data_seed", "Another seed generates other samples.")
    st.caption(f"Source: {spec.source}")


def _share(state: BenchState, url: str, meaning: str) -> None:
    widget(state, url, st.slider, 0.0, 0.9, step=0.05, format="percent", help=meaning)


def _preview(state: BenchState) -> None:
    """Draw the samples as the controls set them, before any training."""
    try:
        config = DatasetConfig.model_validate(state.values(0)["dataset"])
        # One network's samples are enough for a preview.
        config = config.model_copy(update={"resample": "none"})
        if config.spec.image_shape:  # images are shown unscaled
            config = config.model_copy(update={"scaling": "none"})
        dataset = services().datasets.load_if_ready(config)
    except (ValidationError, ValueError, TimeoutError):
        return  # the page shows the error
    if dataset is None or (not dataset.task.draws("surface") and config.spec.n_features > 1):
        return  # not loaded yet, or nothing that can be drawn in a plane
    st.plotly_chart(
        cached(data_preview)(config, dataset, theme=theme()),
        key=state.key("preview"),
        config={"staticPlot": True},
        theme=None,
        alt=f"Preview: samples of {config.spec.label}",
    )
