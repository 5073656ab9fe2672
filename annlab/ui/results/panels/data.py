"""Data tab: plots, counts and source of the data set."""

import numpy as np
import streamlit as st

from annlab.datasets import Dataset, Split
from annlab.datasets.data_settings import EACH_NETWORK_GETS
from annlab.figures import (
    correlation_map,
    feature_histograms,
    geographic_map,
    image_grid,
    in_unit_range,
    samples_picture,
    target_histogram,
)
from annlab.figures.base.plain_text import plain_text, plain_texts
from annlab.formatting import network_name
from annlab.nn.tasks import as_columns
from annlab.ui.browser import theme
from annlab.ui.layout import table
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import ResultsView, unscaled
from annlab.ui.text.data_text import missing_text, repeated_text
from annlab.ui.text.markdown import escape_markdown

PARTS: tuple[Split, ...] = ("train", "validation", "test")
# Images per class.
SAMPLES = 3


def draw_data(view: ResultsView) -> None:
    """Draw the data tab: plot, counts by class and split, source, features."""
    config = view.runs[0].config.dataset
    dataset = unscaled(view)
    if dataset is view.network_data and config.scaling != "none":
        st.caption("Showing scaled values: the original units are not available yet.")
    left, right = st.columns([3, 2])
    with left:
        _picture(view, dataset)
    with right:
        st.markdown(f"**{escape_markdown(config.spec.label)}.** {config.spec.description}")
        table(_counts(view))
        if view.dataset.networks:
            verb = "is tested on" if config.resample == "folds" else "has"
            st.caption(
                f"Each network {verb} {EACH_NETWORK_GETS[config.resample]}; these are "
                f"the data of {network_name(view.network)}."
            )
        every = round(view.network_data.n_train_samples / len(view.network_data.y_train))
        if every > 1:
            st.caption(
                f"The networks learn from all {view.network_data.n_train_samples:,} training "
                f"samples; the plot and the counts use one in {every}."
            )
        X, _ = dataset.split("all")
        scaling = "as they are" if config.scaling == "none" else f"{config.scaling} scaled"
        missing = missing_text(config.own) if config.own else "no missing values"
        st.caption(
            f"{X.shape[1]} features, {missing}; the networks see them {scaling}. Source: "
            f"{config.spec.source}."
        )
        if repeated := repeated_text(view.network_data):
            st.caption(repeated)
    if X.shape[1] > 1 and not config.spec.image_shape:
        _features(view, dataset)


def _picture(view: ResultsView, dataset: Dataset) -> None:
    spec = view.spec
    label = f"The samples of {spec.label}"
    if spec.image_shape:
        some = np.concatenate(
            [
                np.flatnonzero(dataset.y_train == k)[:SAMPLES]
                for k in range(len(dataset.class_names))
            ]
        )
        images = in_unit_range(dataset.X_train[some].reshape(-1, *spec.image_shape))
        names = [dataset.class_names[k] for k in dataset.y_train[some]]
        figure = image_grid(images, names, n_columns=2 * SAMPLES, theme=theme())
        show_chart(figure, "data-images", f"Some pictures of {spec.label} with their classes")
        return
    if {"Longitude", "Latitude"} <= set(dataset.feature_names) and spec.target_name:
        X, y = dataset.split("all")
        where = [X[:, dataset.feature_names.index(name)] for name in ("Longitude", "Latitude")]
        figure = geographic_map(where[0], where[1], y, plain_text(spec.target_name), theme=theme())
        show_chart(figure, "data-map", f"{label} on the map, colored by {spec.target_name}")
        return
    drawn = samples_picture(dataset, spec.target_name, view.axes, theme=theme())
    if drawn is not None:
        what = "by class and split" if dataset.class_names else "by split"
        show_chart(drawn, "data-points", f"{label}, {what}")
    elif dataset.task.kind == "values":
        _target_values(view, dataset)


def _target_values(view: ResultsView, dataset: Dataset) -> None:
    """Draw the distribution of each number to predict."""
    names = view.spec.names_of_targets()
    y = dataset.split("all")[1]
    st.caption(f"Distribution of {'the target' if len(names) == 1 else 'each target'}")
    if len(names) == 1:
        figure = target_histogram(y, plain_text(names[0]), theme=theme())
    else:
        figure = feature_histograms(y, plain_texts(names), noun="targets", theme=theme())
    show_chart(figure, "data-target", f"Histogram of {', '.join(names)}")


def _counts(view: ResultsView) -> str:
    dataset = view.network_data
    lines = ["| samples | " + " | ".join(PARTS) + " |", "|---|" + "---|" * len(PARTS)]
    targets = [getattr(dataset, f"y_{part}") for part in PARTS]
    has_values = dataset.task.kind == "values"
    counted = {name: [y == k for y in targets] for k, name in enumerate(dataset.class_names)}
    if not has_values:  # labels
        counted |= {name: [y[:, k] for y in targets] for k, name in enumerate(dataset.target_names)}
    for name, of_splits in counted.items():
        cells = " | ".join(f"{np.sum(found):,}" for found in of_splits)
        lines.append(f"| {escape_markdown(name)} | {cells} |")
    n = [dataset.n_train_samples, *(len(y) for y in targets[1:])]
    lines.append("| *samples* | " + " | ".join(f"{size:,}" for size in n) + " |")
    if has_values:
        for k, target in enumerate(view.spec.names_of_targets()):
            for name, of in (("mean", np.mean), ("deviation", np.std)):
                values = [as_columns(y)[:, k] for y in targets]
                cells = " | ".join(f"{of(y):.3g}" if len(y) else "" for y in values)
                lines.append(f"| {name} of {escape_markdown(target)} | {cells} |")
    return "\n".join(lines)


def _features(view: ResultsView, dataset: Dataset) -> None:
    X, y = dataset.split("all")
    left, right = st.columns(2)
    with left:
        st.caption("Distribution of each feature")
        figure = feature_histograms(
            X,
            plain_texts(dataset.feature_names),
            y=y,
            class_names=plain_texts(dataset.class_names),
            theme=theme(),
        )
        show_chart(figure, "data-histograms", "Histograms of the features")
    with right:
        st.caption("Correlation of the features (Pearson)")
        target = None if dataset.class_names else y
        figure = correlation_map(
            X,
            target,
            plain_texts(dataset.feature_names),
            plain_texts(view.spec.names_of_targets()),
            theme=theme(),
        )
        show_chart(figure, "data-correlation", "Correlations of the features")
