"""Fields of a row of one's own."""

from streamlit.testing.v1 import AppTest


def _page():  # AppTest runs the source alone, so no annotations
    import streamlit as st

    from annlab.datasets.own.own_data import OwnColumn
    from annlab.ui.results.panels.predict_row import _category

    values = ("found", "missing", "(missing)")
    column = OwnColumn(name="state", values=values, has_other=True, has_missing=True)
    st.write(repr(_category(column, "row-0")))


def test_each_option_of_a_category_can_be_chosen() -> None:
    visitor = AppTest.from_function(_page, default_timeout=60).run()
    (box,) = visitor.selectbox
    assert len({*box.options}) == 5
    chosen = []
    for k in range(5):
        visitor.selectbox[0].set_value(k).run()
        assert not visitor.exception
        chosen.append(visitor.markdown[0].value)
    assert chosen == ["'found'", "'missing'", "'(missing)'", "'other'", "None"]
