"""Options of the learning curves: the score beside the loss."""

from streamlit.testing.v1 import AppTest

from annlab import Run
from annlab.ui.results.film import film_data
from annlab.ui.text.settings_text import columns_to_draw
from tests.analysis.several_targets import several
from tests.ui.results.several_targets import view_of


def _page(runs, query):  # AppTest runs the source alone, so no annotations
    import streamlit as st

    from annlab.ui.results.curves import curve_options
    from annlab.ui.state.page_state import PageState
    from annlab.ui.text.settings_text import columns_to_draw

    state = PageState("several")
    if not state.get("read"):
        state.read_view(query)
        state.set("read", True)
    drawn = curve_options(state, runs)
    st.text(" ".join(columns_to_draw([run.config for run in runs], drawn.score)))
    st.text(state.view("score") or "headline")


def _options(run: Run, **query: str) -> AppTest:
    page = AppTest.from_function(
        _page, kwargs={"runs": [run], "query": query}, default_timeout=60
    ).run()
    assert not page.exception
    return page


def test_each_score_of_labels_can_be_drawn(trained) -> None:
    page = _options(trained(several("labels")))
    assert [text.value for text in page.text] == ["loss label_accuracy", "headline"]
    choice = page.segmented_control(key="several-score")
    assert choice.options == ["Label accuracy", "Subset accuracy"]
    choice.set_value("subset_accuracy").run()
    assert not page.exception
    assert [text.value for text in page.text] == ["loss subset_accuracy", "subset_accuracy"]


def test_a_link_opens_the_score(trained) -> None:
    run = trained(several("labels"))
    page = _options(run, score="subset_accuracy")
    assert page.segmented_control(key="several-score").value == "subset_accuracy"
    page = _options(run, score="beauty")
    assert page.segmented_control(key="several-score").value == "label_accuracy"
    assert "beauty" in " ".join(warning.value for warning in page.warning)


def test_one_score_needs_no_choice(trained) -> None:
    page = _options(trained(several("plane_curve")), score="subset_accuracy")
    assert not page.segmented_control or {control.key for control in page.segmented_control} == {
        "several-over"
    }
    assert page.text[0].value == "loss"  # the loss is the score


def test_a_scaled_target_has_a_curve_of_its_score() -> None:
    assert columns_to_draw([several("linnerud", target_scaling="standard")]) == ["loss", "mse"]


def test_the_film_moves_along_the_curves_on_the_page(trained) -> None:
    view = view_of(trained, [several("labels")])
    for score, name in ((None, "label_accuracy"), ("subset_accuracy", "subset_accuracy")):
        curves = film_data([view], score)["curves"]
        assert [curve["chart"] for curve in curves] == ["curves-loss", f"curves-{name}"]
        recorded = view.runs[0].history[f"train_{name}"].mean(axis=1)
        assert curves[1]["lines"][0]["y"][-1] == float(f"{recorded[-1]:.5g}")
