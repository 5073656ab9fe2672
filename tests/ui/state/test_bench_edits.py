"""Models of a bench are copied, named and removed; changes are taken back."""

from streamlit.testing.v1 import AppTest

from annlab.lessons.experiments import EXPERIMENTS


def _edits() -> None:
    """Script that copies, names, removes and undoes models as the sidebar's buttons do."""
    import streamlit as st

    from annlab.lessons.experiments import EXPERIMENTS
    from annlab.ui.state.bench_edits import copy_model, remember, remove_model, rename, undo
    from annlab.ui.state.bench_state import BenchState

    runs = EXPERIMENTS["E4"].runs
    state = BenchState("page", runs, ("binary",))
    seen = st.session_state["seen"] = []

    def note() -> None:
        seen.append((state.get("settings"), state.names))

    state.load(runs)
    remember(state, runs)
    remember(state, runs)  # nothing new
    note()
    rename(state, {1: "bends"})
    copy_model(state, 0, runs)
    remember(state, state.get("settings"))
    note()
    remove_model(state, 1, state.get("settings"))
    remember(state, state.get("settings"))
    note()
    copy_model(state, 1, state.get("settings"))
    note()
    for _ in range(4):  # the first takes back what has not been remembered
        undo(state)
        note()


def test_models_are_copied_named_and_removed_and_changes_undone() -> None:
    script = AppTest.from_function(_edits, default_timeout=60)
    script.run()
    assert not script.exception
    a, b = EXPERIMENTS["E4"].runs
    first, copied, removed, again, *undone = script.session_state["seen"]
    assert first == ((a, b), {})
    assert copied == ((a, a, b), {2: "bends"})
    assert removed == ((a, b), {1: "bends"})
    assert again == ((a, b, b), {1: "bends"})
    # The names come back with the models.
    assert undone == [
        ((a, b), {1: "bends"}),
        ((a, a, b), {2: "bends"}),
        ((a, b), {}),
        ((a, b), {}),
    ]


def _changes() -> None:
    """Script that changes settings as results do."""
    import streamlit as st

    from annlab.lessons.experiments import EXPERIMENTS
    from annlab.ui.state.bench_edits import change_setting
    from annlab.ui.state.bench_state import BenchState

    runs = EXPERIMENTS["E4"].runs
    seen = st.session_state["seen"] = []
    for varied in ("", "hidden"):
        state = BenchState(f"page{varied}", runs, ("binary",), varied)
        state.load(runs)
        for address, value, model in (("lr", 0.25, 1), ("epochs", 7, 0), ("lr", 1.0, 9)):
            change_setting(state, address, value, model)
        seen.append(state.get("settings"))


def test_a_setting_changes_in_one_model_or_in_all_that_share_it() -> None:
    visitor = AppTest.from_function(_changes, default_timeout=60).run()
    assert not visitor.exception
    own, shared = visitor.session_state["seen"]
    before = EXPERIMENTS["E4"].runs
    rates = [run.training.learning_rate for run in own]
    assert rates[1] == 0.25
    assert rates[0] == before[0].training.learning_rate
    assert {run.training.max_epochs for run in own} == {7}
    assert {run.training.learning_rate for run in shared} == {0.25}
