"""The points that the shown runs have learned from."""

import numpy as np
import streamlit as st

from annlab.figures import points
from annlab.ui import charts
from annlab.ui.frame import theme
from annlab.ui.panels.panel import Shown


def draw_data(shown: Shown) -> None:
    """The points in a plane, how many there are of each class, and where they come from."""
    dataset, config = shown.dataset, shown.runs[0].config.dataset
    left, right = st.columns([3, 2])
    with left:
        charts.show(
            points(dataset, shown.axes, theme()),
            "data-points",
            f"The points of {config.spec.label}, by class and part",
        )
    with right:
        st.markdown(f"**{config.spec.label}.** {config.spec.description}")
        parts = ("train", "validation", "test")
        lines = [
            "| class | " + " | ".join(parts) + " |",
            "|---|" + "---|" * len(parts),
        ]
        for k, name in enumerate(dataset.class_names):
            counts = [int(np.sum(getattr(dataset, f"y_{part}") == k)) for part in parts]
            lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
        st.markdown("\n".join(lines))
        n_features = dataset.X_train.shape[1]
        scaling = "not scaled" if config.scaling == "none" else f"{config.scaling} scaled"
        st.caption(f"{n_features} features, {scaling}. Source: {config.spec.source}.")
