"""Gradients on their way back through the layers, and units that take no part."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.figures import (
    gradient_norms_by_layer,
    gradient_norms_over_epochs,
    gradient_reach,
    inactive_units,
)
from annlab.runs.run import Run
from annlab.ui.results import cached_figures
from annlab.ui.results.view import Shown
from annlab.ui.shell import cells, theme
from annlab.ui.text.wording import in_a_row

# Later, a small gradient may mean that little is left to learn.
FIRST_EPOCHS = 10
_FIRST, _ALL = f"First {FIRST_EPOCHS} epochs", "All epochs"


def draw_gradients(shown: Shown) -> None:
    """First layer over last, norms by layer and over the epochs, and inactive units."""
    models = [(shown.name(i), _stack(run, "gradient_norm_")) for i, run in enumerate(shown.runs)]
    st.markdown(
        "**Does the gradient still reach the first layer?** Each layer learns from its own "
        "gradient, which has come back through all layers behind it. Look at the first epochs: "
        "later, a gradient may also be small because little is left to learn."
    )
    chosen = st.segmented_control(
        "Epochs",
        [_FIRST, _ALL],
        default=_FIRST,
        required=True,
        key="gradients-epochs",
        label_visibility="collapsed",
        persist_state="session",
    )
    early = chosen != _ALL
    last = FIRST_EPOCHS if early else None
    when = _when(shown, early)
    left, right = st.columns(2)
    with left:
        cached_figures.show(
            gradient_reach(models, cursor=shown.epoch, last_epoch=last, theme=theme()),
            "gradients-reach",
            "Gradient of the first layer over that of the last, over epochs, on a log scale",
        )
    with right:
        cached_figures.show(
            gradient_norms_by_layer(
                [(name, _at(norms, shown.epoch, early)) for name, norms in models], theme=theme()
            ),
            "gradients-by-layer",
            f"Norm of the gradient of each layer, {when}, on a log scale",
        )
        st.caption(f"Norm of each layer, {when}.")
    for i, cell in enumerate(cells(len(models))):
        with cell:
            name, norms = models[i]
            st.caption(shown.title(i))
            cached_figures.show(
                gradient_norms_over_epochs(
                    norms, name, cursor=shown.epoch, last_epoch=last, theme=theme()
                ),
                f"gradients-{shown.places[i]}",
                f"Norm of the gradient of each layer of model {name} over epochs",
            )
    units = [(shown.name(i), _stack(run, "inactive_")) for i, run in enumerate(shown.runs)]
    if any(shares.shape[1] for _, shares in units):
        st.markdown("**Which units take no part?**")
        cached_figures.show(
            inactive_units(units, cursor=shown.epoch, theme=theme()),
            "inactive-units",
            "Share of hidden units that are inactive, over epochs",
        )
    st.caption(
        "Norm of the gradient of the loss with respect to the weights of a layer, over the "
        "training samples (1,000 at most). A unit is inactive if its slope stays below 1 % of the "
        "activation's maximum for every sample: a dead ReLU, a saturated sigmoid or tanh."
    )


def _at(norms: NDArray[np.float32], epoch: int, early: bool) -> NDArray[np.float32]:
    """The norm of each layer and network: its mean over the first epochs, or after one."""
    if early:
        mean: NDArray[np.float32] = norms[: FIRST_EPOCHS + 1].mean(axis=0)
        return mean
    return norms[min(epoch, len(norms) - 1)]


def _when(shown: Shown, early: bool) -> str:
    """Which epochs the norms by layer are of; of each model where they differ."""
    last = [min(FIRST_EPOCHS if early else shown.epoch, run.n_epochs) for run in shown.runs]
    said = [str(epoch) for epoch in last]
    if len(set(said)) > 1:
        said = [f"{epoch} ({shown.name(i)})" for i, epoch in enumerate(said)]
    else:
        said = said[:1]
    return f"{'mean over epochs 0 to' if early else 'after epoch'} {in_a_row(said)}"


def _stack(run: Run, prefix: str) -> NDArray[np.float32]:
    """Columns of the history that differ in the layer, of the networks that did not diverge.

    Of shape (n_epochs + 1, n_layers, n_counted).
    """
    columns = [name for name in run.history if name.startswith(prefix)]
    columns.sort(key=lambda name: int(name.removeprefix(prefix)))
    if not columns:
        return np.zeros((run.n_epochs + 1, 0, int(run.counted.sum())), np.float32)
    return np.stack([run.history[name][:, run.counted] for name in columns], axis=1)
