"""Layout helpers: grids, wide tables, and buttons that act once."""

from collections.abc import Callable
from typing import Any

import streamlit as st


def grid(n: int) -> list[Any]:
    """Create a grid of `n` containers: two or three per row, stacked on a phone.

    Parameters
    ----------
    n : int
        Number of containers.

    Returns
    -------
    list of containers
    """
    in_a_row = 2 if n in (1, 2, 4) else 3
    rows = [st.columns(in_a_row) for _ in range(-(-n // in_a_row))]
    return [cell for row in rows for cell in row][:n]


def table(markdown: str) -> None:
    """Draw a Markdown table that scrolls sideways if it is wider than the screen.

    Parameters
    ----------
    markdown : str
        The table. Escape texts from users with `annlab.ui.text.markdown.escape_markdown` first.
    """
    st.markdown(f"<div style='overflow-x: auto'>\n\n{markdown}\n\n</div>", unsafe_allow_html=True)


def run_once(action: Callable[..., None]) -> Callable[..., None]:
    """Wrap a button's `on_click` callback so that it runs at most once per drawing.

    Streamlit may deliver one click twice while a fragment polls: with the fragment's next rerun,
    and again as its own rerun.

    Parameters
    ----------
    action : callable
        The callback.
    """
    done = False

    def act(*args: Any) -> None:
        nonlocal done
        if not done:
            done = True
            action(*args)

    return act
