"""Pictures: what was taken for what, how sure a network is, and what its first units look for."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.prediction import predict
from annlab.figures import image_grid, in_unit_range, of_run
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import Shown, unscaled
from annlab.ui.shell import cells, theme
from annlab.ui.text.wording import PART_NAMES

# More pictures than this are no longer looked at.
MAX_IMAGES = 32
SAMPLES, CHOSEN = "Samples", "Selected cell"


def draw_images(shown: Shown) -> None:
    """A gallery, the classes' probabilities for one picture, and the first layers' weights."""
    said = _said(shown)
    names = [shown.name(i) for i in range(len(shown.runs))]
    choices = [SAMPLES, *(f"Mistakes of {name}" for name in names)]
    if shown.cell:
        choices.append(CHOSEN)
        if st.session_state.get("pictures-cell") != shown.cell:
            st.session_state["pictures"] = CHOSEN  # a click shows what it was for
    st.session_state["pictures-cell"] = shown.cell
    if st.session_state.get("pictures") not in choices:
        st.session_state["pictures"] = SAMPLES
    wish = st.segmented_control("Pictures", choices, key="pictures", required=True)
    _, y = shown.dataset.split(shown.part)
    if wish == CHOSEN and shown.cell:
        true, called = shown.cell.of
        found = np.flatnonzero((y == true) & (said[shown.cell.model] == called))
        model: int | None = shown.cell.model
    elif wish and wish.startswith("Mistakes"):
        model = names.index(wish[-1])
        found = np.flatnonzero(said[model] != y)
    else:
        model = None
        found = np.arange(len(y))
    if not len(found):
        st.success("No mistakes: every image is classified correctly.")
    else:
        _gallery(shown, found, said, model)
    _first_weights(shown)


def _said(shown: Shown) -> list[NDArray[Any]]:
    X, _ = shown.dataset.split(shown.part)
    return [
        predict(run.config, shown.layers(i), shown.dataset, X) for i, run in enumerate(shown.runs)
    ]


def _gallery(
    shown: Shown, found: NDArray[Any], said: list[NDArray[Any]], model: int | None
) -> None:
    assert shown.spec.image_shape
    names = shown.dataset.class_names
    _, y = shown.dataset.split(shown.part)
    pixels, _ = unscaled(shown).split(shown.part)
    some = found[:MAX_IMAGES]
    titles = [
        names[y[k]] if model is None else f"{names[y[k]]} → {names[said[model][k]]}" for k in some
    ]
    marks = None if model is None else said[model][some] != y[some]
    images = in_unit_range(pixels[some].reshape(-1, *shown.spec.image_shape))
    st.caption(
        f"{len(some)} of {len(found):,} from the {PART_NAMES[shown.part]}"
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
                in_unit_range(pixels[sample].reshape(1, *shown.spec.image_shape)),
                [names[y[sample]]],
                n_columns=1,
                theme=theme(),
            ),
            "one-image",
            f"A picture of class {names[y[sample]]}",
        )
    for i, column in enumerate(cells(len(shown.runs))):
        with column:
            st.markdown(shown.title(i))
            show_chart(
                shown.figure(of_run.probability_bars, i, sample=int(sample), split=shown.part),
                f"probabilities-{shown.places[i]}",
                f"Probability of every class for this picture, by model {shown.name(i)}",
            )


def _first_weights(shown: Shown) -> None:
    assert shown.spec.image_shape
    st.markdown("**What the units of the first layer look for**")
    for i, cell in enumerate(cells(len(shown.runs))):
        with cell:
            st.caption(shown.title(i))
            show_chart(
                shown.figure(of_run.weight_images, i),
                f"weights-{shown.places[i]}",
                f"First weights of model {shown.name(i)} as pictures, one for each unit",
            )
    st.caption("Orange raises a unit, blue lowers it; each picture is the weights of one unit.")
