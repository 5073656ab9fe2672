"""How the gradient fares on its way back through the layers, and which units take no part."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.figures import (
    gradient_norms_by_layer,
    gradient_norms_over_epochs,
    inactive_units,
)
from annlab.run import Run
from annlab.ui import charts
from annlab.ui.frame import cells, theme
from annlab.ui.panels.panel import Shown


def draw_gradients(shown: Shown) -> None:
    """Norms over the layers, over the epochs, and the share of inactive units."""
    models = [(shown.name(i), _stack(run, "gradient_norm_")) for i, run in enumerate(shown.runs)]
    st.markdown(
        "**Does the first layer still hear what the loss says?** Each layer learns from its own "
        "gradient, which has come back through all layers behind it."
    )
    left, right = st.columns(2)
    with left:
        epochs = [min(shown.epoch, run.n_epochs) for run in shown.runs]
        charts.show(
            gradient_norms_by_layer(
                [(name, norms[e]) for (name, norms), e in zip(models, epochs, strict=True)],
                theme=theme(),
            ),
            "gradients-by-layer",
            f"Norm of the gradient of each layer after epoch {shown.epoch}, on a log scale",
        )
    with right:
        units = [(shown.name(i), _stack(run, "inactive_")) for i, run in enumerate(shown.runs)]
        charts.show(
            inactive_units(units, cursor=shown.epoch, theme=theme()),
            "inactive-units",
            "Share of hidden units that are inactive, over epochs",
        )
    for i, cell in enumerate(cells(len(models))):
        with cell:
            name, norms = models[i]
            st.caption(shown.title(i))
            charts.show(
                gradient_norms_over_epochs(norms, name, cursor=shown.epoch, theme=theme()),
                f"gradients-{i}",
                f"Norm of the gradient of each layer of model {name} over epochs",
            )
    st.caption(
        "Norm of the gradient of the loss with respect to the weights of a layer, over the "
        "training points (1,000 at most). A unit is inactive when at none of them its slope "
        "reaches 1 % of the activation's largest: a dead ReLU, a saturated sigmoid or tanh."
    )


def _stack(run: Run, prefix: str) -> NDArray[np.float32]:
    """Columns of the history that differ in the layer: shape (n_epochs + 1, n_layers, n_seeds)."""
    columns = [name for name in run.history if name.startswith(prefix)]
    columns.sort(key=lambda name: int(name.removeprefix(prefix)))
    empty = np.zeros((run.n_epochs + 1, 0, run.n_seeds), np.float32)
    return np.stack([run.history[name] for name in columns], axis=1) if columns else empty
