"""Places on a page: grids, wide tables, and buttons that act once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    pass


def grid(n: int) -> list[Any]:
    """Places for so many things of one kind: two or three in a row, one below another on a phone.

    Parameters
    ----------
    n : int
        How many.

    Returns
    -------
    list of containers
    """
    in_a_row = 2 if n in (1, 2, 4) else 3
    rows = [st.columns(in_a_row) for _ in range(-(-n // in_a_row))]
    return [cell for row in rows for cell in row][:n]


def table(markdown: str) -> None:
    """Draw a table; where it is wider than the screen, it alone is moved sideways.

    Parameters
    ----------
    markdown : str
        The table; `annlab.ui.text.markdown.escape_markdown` has escaped texts from users in it.
    """
    st.markdown(f"<div style='overflow-x: auto'>\n\n{markdown}\n\n</div>", unsafe_allow_html=True)


def run_once(action: Callable[..., None]) -> Callable[..., None]:
    """What a button does, at most once for each time it is drawn; for `on_click`.

    A press can arrive twice: while a part of a page draws itself again and again, the browser
    sends the press along with that part's next turn, and once more by itself.

    Parameters
    ----------
    action : callable
        What the button does.
    """
    done = False

    def act(*args: Any) -> None:
        nonlocal done
        if not done:
            done = True
            action(*args)

    return act
