"""The film bar: plays the checkpoints of all models over the charts of a page."""

from collections.abc import Callable, Collection

import streamlit as st

from annlab.ui.components.sources import javascript, source

FILM_SCRIPT = javascript(
    "arrays",
    "drawing",
    "overlay",
    "film_cells",
    "film_targets",
    "film_frames",
    "film_player",
    "film_snapshot",
    "film",
)

_film = st.components.v2.component(
    "annlab_film", html=source("film.html"), css=source("film.css"), js=FILM_SCRIPT
)


def film_bar(data: str, epochs: Collection[int], key: str, on_epoch: Callable[[int], None]) -> None:
    """Draw the bar, which finds the charts of the page by their keys.

    Parameters
    ----------
    data : str
        JSON of a dict: ``title``; ``ink`` and ``paper``, colors of the page; ``epochs``, all
        epochs at which the film can stand; ``models``, each with ``place`` (index of letter and
        color), ``color``, ``picture`` (key of its chart), ``film`` (from
        `annlab.figures.of_run.film`), ``epochs`` (of its frames), ``positions`` (of its
        frames on each kind of axis of the curves), ``texts`` (by name, text and tone of each
        frame) and ``marked_at_end`` (the curves have marks of their own at the end); ``curves``,
        each with ``chart`` (key) and ``lines``: ``model`` (index), ``split`` and ``y`` (one value
        for each frame). While the data stay the same, they are sent once.
    epochs : collection of int
        All epochs at which the film can stand.
    key : str
        Unique key on the page.
    on_epoch : callable
        Called with the epoch at which the film rests, before the page reruns.
    """

    def report() -> None:
        epoch = st.session_state[key].get("epoch")
        # A browser sends what it likes.
        if isinstance(epoch, int | float) and epoch in epochs:
            on_epoch(int(epoch))

    # As text: Streamlit imports pandas to look for tables among lists.
    _film(key=key, data={"film": data}, on_epoch_change=report)
