"""Gradients tab: gradient norms by layer and epoch, inactive units, and clipped steps."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from annlab.figures import of_run
from annlab.runs.history import CLIPPED
from annlab.runs.run import Run
from annlab.ui.browser import theme
from annlab.ui.layout import grid
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown, join_names

# After these epochs, a small gradient may mean that little is left to learn.
FIRST_EPOCHS = 10
_FIRST, _ALL = f"First {FIRST_EPOCHS} epochs", "All epochs"


def has_gradients(view: ResultsView) -> bool:
    """Whether a run has recorded gradients or clips them."""
    return any(
        run.config.training.record_gradients or run.config.training.clip_norm for run in view.runs
    )


def draw_gradients(view: ResultsView) -> None:
    """Draw what the runs recorded of their gradients."""
    if any(run.config.training.record_gradients for run in view.runs):
        _draw_norms(view)
    if any(CLIPPED in run.history for run in view.runs):
        _draw_clipped(view)


def _draw_clipped(view: ResultsView) -> None:
    """Draw the share of clipped steps over the epochs, and say the share of all steps."""
    st.markdown("**How often are gradients clipped?**")
    show_chart(
        cached(of_run.clipped_steps)(
            view.runs,
            models=view.places[: len(view.runs)],
            cursor=view.epoch,
            theme=theme(),
        ),
        "clipped-steps",
        "Share of each epoch's steps in which the gradient was clipped, over epochs",
    )
    names = [escape_markdown(view.name(i)) for i in range(len(view.runs))]
    st.caption(clipped_text(view.runs, names))


def clipped_text(runs: Sequence[Run], names: Sequence[str]) -> str:
    """Say which share of their steps the runs clipped.

    Parameters
    ----------
    runs : sequence of Run
        Runs that do not clip gradients, or took no step, are left out.
    names : sequence of str

    Returns
    -------
    str
        Of the networks that did not diverge, up to each network's last epoch.
    """
    said = []
    for run, name in zip(runs, names, strict=True):
        shares = run.history.get(CLIPPED)
        if shares is None:
            continue
        trained = np.arange(len(shares))[:, None] <= run.epochs_trained
        trained[0] = False  # before the first step
        trained &= run.counted
        if trained.any():
            share, most = shares[trained].mean(), run.config.training.clip_norm
            said.append(f"{name} clipped {share:.0%} of its gradients to a norm of {most:g}")
    return f"Over the whole training, {join_names(said)}." if said else ""


def _draw_norms(view: ResultsView) -> None:
    """Draw gradient ratios, norms by layer and over epochs, and inactive units."""
    st.markdown(
        "**Does the gradient still reach the first layer?** Each layer learns from its own "
        "gradient, which is propagated back through all later layers. Look at the first epochs: "
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
    when = _when(view, early)
    runs, places = view.runs, view.places[: len(view.runs)]
    left, right = st.columns(2)
    with left:
        show_chart(
            cached(of_run.gradient_reach)(
                runs, models=places, cursor=view.epoch, last_epoch=last, theme=theme()
            ),
            "gradients-reach",
            "Gradient of the first layer over that of the last, over epochs, on a log scale",
        )
    with right:
        show_chart(
            cached(of_run.gradient_norms_by_layer)(
                runs, models=places, epoch=view.epoch, first_epochs=last, theme=theme()
            ),
            "gradients-by-layer",
            f"Norm of the gradient of each layer, {when}, on a log scale",
        )
        st.caption(f"Norm of each layer, {when}.")
    for i, cell in enumerate(grid(len(runs))):
        with cell:
            st.caption(view.title(i))
            show_chart(
                cached(of_run.gradient_norms_over_epochs)(
                    runs[i], model=places[i], cursor=view.epoch, last_epoch=last, theme=theme()
                ),
                f"gradients-{places[i]}",
                f"Norm of the gradient of each layer of model {view.name(i)} over epochs",
            )
    if any(name.startswith("inactive_") for run in runs for name in run.history):
        st.markdown("**Which units are inactive?**")
        show_chart(
            cached(of_run.inactive_units)(runs, models=places, cursor=view.epoch, theme=theme()),
            "inactive-units",
            "Share of hidden units that are inactive, over epochs",
        )
    st.caption(
        "Norm of the gradient of the loss with respect to the weights of a layer, over the "
        "training samples (1,000 at most). A unit is inactive if its slope stays below 1 % of the "
        "activation's maximum for every sample: a dead ReLU, a saturated sigmoid or tanh."
    )


def _when(view: ResultsView, early: bool) -> str:
    """Name the epochs of the norms by layer, per model if they differ."""
    last = [min(FIRST_EPOCHS if early else view.epoch, run.n_epochs) for run in view.runs]
    epochs = [str(epoch) for epoch in last]
    if len(set(epochs)) > 1:
        epochs = [f"{epoch} ({escape_markdown(view.name(i))})" for i, epoch in enumerate(epochs)]
    else:
        epochs = epochs[:1]
    return f"{'mean over epochs 0 to' if early else 'after epoch'} {join_names(epochs)}"
