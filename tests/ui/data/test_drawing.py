"""Tab with the pad."""

from streamlit.testing.v1 import AppTest


def _page():  # AppTest runs the source alone, so no annotations
    from annlab.ui.data.drawing import draw_pad_tab
    from annlab.ui.state.page_state import PageState

    draw_pad_tab(PageState("data"))


def test_words_of_a_refused_file_are_no_markup() -> None:
    page = AppTest.from_function(_page, default_timeout=30).run()
    page.session_state["data-pad-problem"] = "Row 2: the class must be 1 to 4, got '**[a](b)**'."
    page.run()
    assert not page.exception
    assert r"got '\*\*\[a\]\(b\)\*\*'." in page.warning[0].value
