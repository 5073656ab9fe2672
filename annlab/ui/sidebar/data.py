"""Sidebar controls of the data, with a preview of the samples."""

from collections.abc import Sequence

import streamlit as st
from pydantic import ValidationError

from annlab.config import DatasetConfig
from annlab.datasets.registry import find_spec
from annlab.figures import data_preview
from annlab.setting_type import Values
from annlab.ui.browser import theme
from annlab.ui.results.cached_figures import cached
from annlab.ui.sidebar.widgets import draw_group, folded
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.own_access import load_if_ready


def draw_data(state: BenchState, values: Sequence[Values]) -> None:
    """Draw the controls of the data; description and preview on demand."""

    def about() -> None:
        entry = find_spec(values[0]["data"], values[0]["own"])
        assert entry  # the control offers only data sets that exist
        st.markdown(entry.description)
        _preview(state)
        st.caption(f"Source: {entry.source}")

    draw_group(state, "data", values)
    folded(state, "about", "About these data", about)


def _preview(state: BenchState) -> None:
    """Draw a preview of the current data settings, before any training."""
    try:
        config = DatasetConfig.model_validate(state.values(0)["dataset"])
        # One network's samples are enough for a preview.
        config = config.model_copy(update={"resample": "none"})
        if config.spec.image_shape:  # images are shown unscaled
            config = config.model_copy(update={"scaling": "none"})
        dataset = load_if_ready(config)
    except (ValidationError, ValueError, TimeoutError):
        return  # the page shows the error
    figure = dataset and cached(data_preview)(config, dataset, theme=theme())
    if figure is None:
        return  # not loaded yet, or too many columns for a plot
    st.plotly_chart(
        figure,
        key=state.key("preview"),
        config={"staticPlot": True},
        theme=None,
        alt=f"Preview: samples of {config.spec.label}",
    )
