"""Pieces tab: the choice of an output of several."""

from streamlit.testing.v1 import AppTest


def _page():  # AppTest runs the source alone, so no annotations
    from types import SimpleNamespace

    import streamlit as st

    from annlab.ui.results.panels.pieces import _chosen_output
    from annlab.ui.state.page_state import PageState

    names = ("u_1 (m)", "v", "w") if not st.checkbox("Other data") else ("weight", "waist", "age")
    view = SimpleNamespace(spec=SimpleNamespace(target_names=names), state=PageState("several"))
    st.text(str(_chosen_output(view)))


def test_the_outputs_have_the_names_of_their_targets() -> None:
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert page.selectbox[0].options == ["all outputs", "u_1 (m)", "v", "w"]
    page.selectbox[0].select_index(2).run()
    assert page.text[0].value == "1"


def test_other_data_start_with_all_outputs() -> None:
    page = AppTest.from_function(_page, default_timeout=60).run()
    page.selectbox[0].select_index(3).run()
    assert page.text[0].value == "2"
    page.checkbox[0].check().run()
    assert page.selectbox[0].options == ["all outputs", "weight", "waist", "age"]
    assert page.text[0].value == "None"
