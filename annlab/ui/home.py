"""Cards of the home page: one per page, with a picture and a link."""

from pathlib import Path

import streamlit as st

from annlab.ui.browser import theme
from annlab.ui.shell import PAGES, login_providers

_PICTURES = Path(__file__).with_name("pictures")


def way_to_pages() -> None:
    """Draw a card for every page: picture, question and link."""
    if login_providers():
        st.button("Log out", icon=":material/logout:", on_click=st.logout)
    for name, page in PAGES.items():
        if not page.question:
            continue
        with st.container(border=True):
            picture, text = st.columns([3, 2], vertical_alignment="center")
            with picture:
                st.image(
                    _PICTURES / f"{name}-{theme()}.png",
                    width="stretch",
                    alt=f"Results on the {page.title} page",
                )
            with text:
                st.header(page.title, anchor=False)
                st.write(page.question)
                st.page_link(page.file, label=f"Open {page.title}", icon=":material/arrow_forward:")
