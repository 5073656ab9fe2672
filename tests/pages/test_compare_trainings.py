"""Compare page: runs that are stopped, missing, refused, or trained from there."""

import pytest

from annlab.config.links import read_comparison, write_comparison
from annlab.ui.services import Services
from tests.pages.compare_page import PAGE, open_runs, settle, short_run
from tests.ui.visitor import address, heads, text_of, visit, wait_for

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_stopped_run_is_marked(idle: Services) -> None:
    open_runs(idle, short_run())  # Stop ends what is not yet trained
    long = short_run(epochs="5000", batch="1")
    visitor = visit(PAGE, **write_comparison([long, short_run()]))
    visitor.button(key="compare-train").click().run()  # a link does not start so much
    session = visitor.session_state["session_id"]
    wait_for(lambda: any(job.epoch > 2 for job in idle.queue.batch(session) or ()))
    visitor.button(key="compare-stop").click().run()
    settle(visitor, idle)
    n = idle.repository.run(long).n_epochs
    assert f"stopped after epoch {n}" in text_of(visitor.markdown)
    assert "Stopped by hand" in text_of(visitor.warning)
    assert "A was stopped before its end, so whoever opens the link" in text_of(visitor.markdown)


def test_stop_keeps_what_one_run_learned_while_the_other_waited(idle: Services) -> None:
    runs = [short_run(epochs="5000", batch="1", hidden=hidden) for hidden in ("3", "5")]
    visitor = visit(PAGE, **write_comparison(runs))
    visitor.button(key="compare-train").click().run()
    session = visitor.session_state["session_id"]
    wait_for(lambda: any(job.epoch > 2 for job in idle.queue.batch(session) or ()))
    visitor.button(key="compare-stop").click().run()
    settle(visitor, idle)
    assert not visitor.exception
    assert not visitor.error
    assert len(heads(visitor)) == 1
    assert "**B**] is not trained yet." in text_of(visitor.info)
    visitor.button(key="compare-train").click().run()
    assert [job.config for job in idle.queue.batch(session)] == runs[1:]


def test_missing_run_can_be_trained_or_deselected(idle: Services) -> None:
    gone = short_run(hidden="6")
    visitor = open_runs(idle, short_run(), gone)
    idle.repository.delete(gone.digest)
    visitor.run()
    assert "**B**] is not trained yet, or its result was deleted." in text_of(visitor.info)
    visitor.button(key="compare-train").click().run()
    settle(visitor, idle)
    assert len(heads(visitor)) == 2
    idle.repository.delete(gone.digest)
    visitor.run()
    visitor.button(key="compare-deselect-missing").click().run()
    assert len(heads(visitor)) == 1
    assert read_comparison(address(visitor))[0] == (short_run(),)


def test_stored_run_beyond_the_budget_opens_and_a_new_one_is_refused(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, other = short_run(), short_run(hidden="4", epochs="4")
    open_runs(idle, stored)
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    visitor = open_runs(idle, stored)
    assert len(heads(visitor)) == 1
    visitor = visit(PAGE, **write_comparison([stored, other]))
    assert not visitor.exception
    assert "compute this server allows" in text_of(visitor.error)
    assert "**B**] is not trained yet" in text_of(visitor.info)
    assert len(heads(visitor)) == 1
    visitor.button(key="compare-train").click().run()
    assert not visitor.exception
    assert "compute this server allows" in text_of(visitor.error)
    assert idle.repository.run(other) is None


def test_run_is_repeated_with_new_seeds_and_compared_with_the_linear_model(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="8"))
    visitor.button(key="compare-seeds-1").click().run()
    settle(visitor, idle)
    assert idle.repository.run(short_run(hidden="8", seed="4")) is not None
    visitor.button(key="compare-linear-0").click().run()
    settle(visitor, idle)
    assert len(heads(visitor)) == 4
    assert read_comparison(address(visitor))[0] == (
        short_run(hidden="4"),
        short_run(hidden="8"),
        short_run(hidden="8", seed="4"),
        short_run(),
    )


def test_run_is_sent_to_a_bench(idle: Services) -> None:
    run = short_run(hidden="7", activation="tanh")
    visitor = open_runs(idle, run, short_run())
    visitor.button(key="compare-use-B-0").click().run()
    visitor.switch_page("pages/logistic_vs_mlp.py").run()
    settle(visitor, idle)
    assert not visitor.exception
    assert address(visitor)["b.hidden"] == "7"
    assert address(visitor)["samples"] == "100"


def test_large_trainings_of_a_link_wait_for_a_click(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.ui.train.actions.LINK_WORK", 1.0)
    large = short_run(hidden="7", seed="2")
    visitor = visit(PAGE, **write_comparison([large]))
    assert idle.queue.n_unfinished == 0
    assert "**A**] is not trained yet" in text_of(visitor.info)
    assert "This is a large training, about" in text_of(visitor.info)
    visitor.button(key="compare-train").click().run()
    settle(visitor, idle)
    assert len(heads(visitor)) == 1
