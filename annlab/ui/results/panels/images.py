"""Pictures: what was taken for what, how sure a network is, and what its first units look for."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.prediction import predict
from annlab.figures import image_grid, in_unit_range, of_run
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import ResultsView, unscaled
from annlab.ui.shell import cells, theme
from annlab.ui.text.wording import PART_NAMES

# More pictures than this are no longer looked at.
MAX_IMAGES = 32
SAMPLES, CHOSEN = "Samples", "Selected cell"


def draw_images(view: ResultsView) -> None:
    """A gallery, the classes' probabilities for one picture, and the first layers' weights."""
    predictions = _predictions(view)
    names = [view.name(i) for i in range(len(view.runs))]
    choices = [SAMPLES, *(f"Mistakes of {name}" for name in names)]
    if view.cell:
        choices.append(CHOSEN)
        if st.session_state.get("pictures-cell") != view.cell:
            st.session_state["pictures"] = CHOSEN  # a click shows what it was for
    st.session_state["pictures-cell"] = view.cell
    if st.session_state.get("pictures") not in choices:
        st.session_state["pictures"] = SAMPLES
    wish = st.segmented_control("Pictures", choices, key="pictures", required=True)
    _, y = view.network_data.split(view.split)
    if wish == CHOSEN and view.cell:
        called = predictions[view.cell.model] == view.cell.predicted
        found = np.flatnonzero((y == view.cell.true) & called)
        model: int | None = view.cell.model
    elif wish and wish.startswith("Mistakes"):
        model = names.index(wish[-1])
        found = np.flatnonzero(predictions[model] != y)
    else:
        model = None
        found = np.arange(len(y))
    if not len(found):
        st.success("No mistakes: every image is classified correctly.")
    else:
        _gallery(view, found, predictions, model)
    _first_weights(view)


def _predictions(view: ResultsView) -> list[NDArray[Any]]:
    X, _ = view.network_data.split(view.split)
    return [
        predict(run.config, view.layers(i), view.network_data, X) for i, run in enumerate(view.runs)
    ]


def _gallery(
    view: ResultsView, found: NDArray[Any], predictions: list[NDArray[Any]], model: int | None
) -> None:
    assert view.spec.image_shape
    names = view.dataset.class_names
    _, y = view.network_data.split(view.split)
    pixels, _ = unscaled(view).split(view.split)
    some = found[:MAX_IMAGES]
    titles = [
        names[y[k]] if model is None else f"{names[y[k]]} → {names[predictions[model][k]]}"
        for k in some
    ]
    marks = None if model is None else predictions[model][some] != y[some]
    images = in_unit_range(pixels[some].reshape(-1, *view.spec.image_shape))
    st.caption(
        f"{len(some)} of {len(found):,} from the {PART_NAMES[view.split]}"
        + (": true class" if model is None else ": true class → predicted class")
    )
    show_chart(
        image_grid(images, titles, marks=marks, theme=theme()),
        "images",
        f"{len(some)} pictures with their classes",
    )
    chosen = st.selectbox(
        "One picture",
        range(len(some)),
        format_func=lambda n: f"{n + 1}: {titles[n]}",
        key="picture",
        help="Class probabilities from each model",
    )
    sample = some[min(chosen or 0, len(some) - 1)]
    with st.columns([1, 3])[0]:
        show_chart(
            image_grid(
                in_unit_range(pixels[sample].reshape(1, *view.spec.image_shape)),
                [names[y[sample]]],
                n_columns=1,
                theme=theme(),
            ),
            "one-image",
            f"A picture of class {names[y[sample]]}",
        )
    for i, column in enumerate(cells(len(view.runs))):
        with column:
            st.markdown(view.title(i))
            show_chart(
                view.figure(of_run.probability_bars, i, sample=int(sample), split=view.split),
                f"probabilities-{view.places[i]}",
                f"Probability of every class for this picture, by model {view.name(i)}",
            )


def _first_weights(view: ResultsView) -> None:
    assert view.spec.image_shape
    st.markdown("**What the units of the first layer look for**")
    for i, cell in enumerate(cells(len(view.runs))):
        with cell:
            st.caption(view.title(i))
            show_chart(
                view.figure(of_run.weight_images, i),
                f"weights-{view.places[i]}",
                f"First weights of model {view.name(i)} as pictures, one for each unit",
            )
    st.caption("Orange raises a unit, blue lowers it; each picture is the weights of one unit.")
