"""Compare page: whose runs, who may delete them, undo, and a teacher."""

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.config.links import write_comparison
from annlab.ui.browser import BROWSER_KEY
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from tests.pages.compare_page import PAGE, open_runs, runs_table, select, settle, short_run
from tests.ui.visitor import LOGISTIC, QUICK, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

ANNA, BEN = "a" * 32, "b" * 32
KEY = "correct horse battery"


@pytest.fixture(autouse=True)
def _open_to_others(_on_this_machine: None) -> None:
    config.set_option("server.address", "0.0.0.0")


def visitor_of(owner: str, **query: object) -> AppTest:
    """Open the page in a browser with a key."""
    visitor = visit(PAGE, **query)
    visitor.session_state[BROWSER_KEY] = owner
    visitor.run()
    assert not visitor.exception
    return visitor


def train(server: Services, owner: str, *runs: RunConfig) -> AppTest:
    return settle(visitor_of(owner, **write_comparison(runs)), server)


def mine_of(server: Services, owner: str) -> set[str]:
    """Digests of the stored runs that a browser has trained or opened."""
    return {info.digest for info in server.repository.runs([], owner, and_mine=True)}


def press_delete(visitor: AppTest) -> None:
    visitor.button(key="compare-delete").click().run()
    assert not visitor.exception


def deletion_text(visitor: AppTest) -> str:
    return text_of(visitor.markdown)


def test_runs_are_found_again_and_listed_first(idle: Services) -> None:
    mine, others = short_run(hidden="3", seed="31"), short_run(hidden="4", seed="31")
    train(idle, ANNA, mine)
    train(idle, BEN, others)
    again = visitor_of(ANNA)
    again.toggle(key="compare-everything").set_value(True).run()
    rows = runs_table(again)
    is_mine = [bool(row["Here"]) for row in rows]
    assert is_mine == sorted(is_mine, reverse=True)
    here = {(row["Model"], row["Here"]) for row in rows}
    assert ("MLP 3, ReLU", "trained") in here
    assert ("MLP 4, ReLU", "") in here
    opened = visitor_of(ANNA, **write_comparison([others]))
    here = {(row["Model"], row["Here"]) for row in runs_table(opened)}
    assert here >= {("MLP 3, ReLU", "trained"), ("MLP 4, ReLU", "opened")}
    idle.repository.release([others.digest], ANNA)
    again.toggle(key="compare-everything").set_value(False).run()
    models = [row["Model"] for row in runs_table(again)]
    assert "MLP 3, ReLU" in models
    assert "MLP 4, ReLU" not in models


def test_runs_of_a_bench_are_found_again(idle: Services) -> None:
    visitor = visit(LOGISTIC, **QUICK, seed="77")
    visitor.session_state[BROWSER_KEY] = ANNA
    visitor.run()  # the browser tells its key while the models train
    settle(visitor, idle)
    digests = [run.digest for run in visitor.session_state["logistic-shown"]]
    assert len(digests) == 2
    assert set(digests) <= mine_of(idle, ANNA)
    assert all(info.is_managed for info in idle.repository.runs(digests, ANNA))
    assert not any(info.is_mine for info in idle.repository.runs(digests, BEN))


def test_who_trained_a_run_alone_deletes_it_and_brings_it_back(idle: Services) -> None:
    run = short_run(hidden="3", seed="32")
    visitor = train(idle, ANNA, run)
    select(visitor, Item(run))
    assert "1 run will be deleted for everybody on this server." in deletion_text(visitor)
    visitor.text_input(key=f"compare-name-{run.digest}").set_value("mine").run()
    press_delete(visitor)
    assert idle.repository.run(run) is None
    assert "1 run deleted." in text_of(visitor.markdown)
    visitor.button(key="compare-undo").click().run()
    (info,) = idle.repository.runs([run.digest])
    assert info.name == "mine"
    assert "1 run deleted." not in text_of(visitor.markdown)
    assert "mine" in {row["Name"] for row in runs_table(visitor)}


def test_the_offer_to_undo_ends(idle: Services) -> None:
    run = short_run(hidden="3", seed="33")
    visitor = train(idle, ANNA, run)
    select(visitor, Item(run))
    press_delete(visitor)
    digests, since = visitor.session_state["compare-deleted"]
    visitor.session_state["compare-deleted"] = (digests, since - 601)
    visitor.run()
    assert "1 run deleted." not in text_of(visitor.markdown)


@pytest.mark.parametrize("both_trained", [True, False])
def test_runs_of_others_leave_only_the_own_list(idle: Services, both_trained: bool) -> None:
    run = short_run(hidden="3", seed=f"34{both_trained:d}")
    train(idle, ANNA, run)
    visitor = visitor_of(BEN, **write_comparison([run]))
    if both_trained:
        idle.repository.claim(run.digest, BEN, trained=True)
    idle.repository.pin(run.digest, True)
    assert run.digest in mine_of(idle, BEN)
    select(visitor, Item(run))
    assert "1 run is not yours alone: only your list loses it." in deletion_text(visitor)
    assert visitor.button(key="compare-pin").disabled
    assert not [field for field in visitor.text_input if field.label == "Name"]
    assert visitor.button(key="compare-delete").label == "Remove 1 run"
    press_delete(visitor)
    assert idle.repository.run(run) is not None
    assert run.digest not in mine_of(idle, BEN)
    assert [info.digest for info in idle.repository.runs([run.digest])] == [run.digest]


def test_everybody_on_the_machine_deletes_everything(idle: Services) -> None:
    run = short_run(hidden="3", seed="35")
    train(idle, ANNA, run)
    config.set_option("server.address", "127.0.0.1")
    visitor = visitor_of(BEN, **write_comparison([run]))
    select(visitor, Item(run))
    press_delete(visitor)
    assert idle.repository.run(run) is None


def test_a_teacher_manages_all_runs(idle: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNLAB_TEACHER_KEY", KEY)
    pinned, other = short_run(hidden="3", seed="36"), short_run(hidden="4", seed="36")
    train(idle, ANNA, pinned, other)
    idle.repository.pin(pinned.digest, True)
    visitor = visitor_of(BEN, **write_comparison([other]))
    visitor.text_input(key="compare-teacher-key").set_value("correct horse").run()
    assert "This is not the teacher's key of this server." in text_of(visitor.error)
    assert not [button for button in visitor.button if button.key == "compare-clear"]
    visitor.text_input(key="compare-teacher-key").set_value(KEY).run()
    assert not visitor.exception
    assert not [field for field in visitor.text_input if field.value == KEY]
    select(visitor, Item(other))
    press_delete(visitor)
    assert idle.repository.run(other) is None
    visitor.button(key="compare-undo").click().run()
    assert idle.repository.run(other) is not None
    n = len(idle.repository.runs())
    visitor.button(key="compare-clear").click().run()
    left = idle.repository.runs()
    assert pinned.digest in {info.digest for info in left}
    assert all(info.pinned for info in left)
    assert len(left) < n
    visitor.button(key="compare-undo").click().run()
    assert len(idle.repository.runs()) == n


def test_without_a_key_there_is_no_teacher(idle: Services) -> None:
    visitor = open_runs(idle, short_run())
    assert not [field for field in visitor.text_input if field.key == "compare-teacher-key"]
