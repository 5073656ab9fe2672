"""Searches as computations: partial tables, stops, going on, extending, the test split."""

from typing import Any

import numpy as np
import pytest

from annlab.search.run_search import open_test, search
from annlab.search.search_config import SearchConfig
from annlab.search.search_job import compute, compute_test, merge_tables, n_rounds, request_of
from annlab.search.space import SearchedSetting
from annlab.search.table import SearchTable
from tests.search.tables import RATE, search_of

# Every layer size makes a stack of its own.
HIDDEN = SearchedSetting(address="hidden", choices=("2", "3", "4"))
CONFIG = request_of(search_of(space=(HIDDEN,)))


class Watcher:
    """Collects reports, and stops after as many configs."""

    def __init__(self, n_until_stop: int = 99) -> None:
        self.shares: list[float] = []
        self.partials: list[bytes] = []
        self.n_until_stop = n_until_stop

    def report(self, share: float, partial: bytes) -> None:
        self.shares.append(share)
        self.partials.append(partial)

    def should_stop(self) -> bool:
        partial = self.partials[-1] if self.partials else b""
        n = int((SearchTable.from_bytes(partial).n_rungs > 0).sum()) if partial else 0
        return n >= self.n_until_stop


def run(watcher: Watcher, config: SearchConfig = CONFIG, *attached: Any) -> bytes:
    return compute(config, watcher.report, watcher.should_stop, *attached)


def same(one: bytes, other: SearchTable) -> bool:
    return np.array_equal(SearchTable.from_bytes(one).scores, other.scores, equal_nan=True)


def test_result_is_the_table_of_the_search_and_parts_come_before() -> None:
    watcher = Watcher()
    result = run(watcher)
    assert same(result, search(CONFIG))
    assert watcher.shares == sorted(watcher.shares)
    assert watcher.shares[0] == 0
    assert watcher.shares[-1] == pytest.approx(1)
    seen = [SearchTable.from_bytes(data) for data in dict.fromkeys(watcher.partials) if data]
    assert [int((table.n_rungs > 0).sum()) for table in seen] == [1, 2]
    assert [table.winner is not None for table in seen] == [True, True]


def test_a_stop_keeps_the_configs_that_are_done_and_a_later_try_goes_on() -> None:
    stopped = run(Watcher(n_until_stop=1))
    table = SearchTable.from_bytes(stopped)
    assert (table.n_rungs > 0).tolist() == [True, False, False]
    watcher = Watcher()
    assert same(run(watcher, CONFIG, b"", stopped), search(CONFIG))
    assert watcher.shares[0] == pytest.approx(1 / 3)


def test_a_stop_before_the_first_config_gives_nothing() -> None:
    assert run(Watcher(n_until_stop=0)) == b""


def test_a_known_search_is_extended_and_the_longer_of_two_is_taken() -> None:
    fewer = HIDDEN.model_copy(update={"choices": ("2", "3")})
    known = search(request_of(search_of(space=(fewer,)))).to_bytes()
    for attached in ((known, b""), (known, run(Watcher(n_until_stop=1)))):
        watcher = Watcher()
        assert same(run(watcher, CONFIG, *attached), search(CONFIG))
        assert watcher.shares[0] == pytest.approx(2 / 3)


def test_an_extension_by_seeds_keeps_all_ranks_on_the_way() -> None:
    first = search(CONFIG)
    more = CONFIG.model_copy(update={"n_seeds": 3})
    watcher = Watcher()
    result = SearchTable.from_bytes(run(watcher, more, first.to_bytes()))
    assert (result.n_seeds, result.is_complete) == (3, True)
    stopped = run(Watcher(n_until_stop=1), more, first.to_bytes())
    parts = [data for data in dict.fromkeys(watcher.partials) if data]
    assert len(parts) == 2
    for table in map(SearchTable.from_bytes, [*parts, stopped]):
        assert (table.n_seeds, table.is_complete) == (2, False)
        np.testing.assert_array_equal(table.ranks, first.ranks)


def test_a_table_without_a_winner_is_no_result() -> None:
    table = SearchTable.empty(CONFIG)
    table.scores[:, 0, 1] = 0.5  # the second network only, so nothing can be compared
    assert table.winner is None
    assert run(Watcher(n_until_stop=0), CONFIG, b"", table.to_bytes()) == b""


@pytest.mark.parametrize("strategy", ["grid", "random"])
def test_searches_that_train_the_same_networks_are_one_request(strategy: str) -> None:
    values: dict[str, Any] = {"strategy": strategy, "n_configs": 5}
    config = search_of(space=(RATE,), **values)
    training = config.base.training.model_copy(update={"n_seeds": 7})
    base = config.base.model_copy(update={"training": training})
    other = search_of(base, space=(RATE,), budget=10**6, **values)
    assert request_of(config) == request_of(other)
    assert request_of(config).digest == config.digest
    assert [c.digest for c in request_of(config).configs()] == [c.digest for c in config.configs()]
    more = search_of(space=(RATE,), strategy=strategy, n_configs=6, seed=3)
    assert (request_of(config) == request_of(more)) == (strategy == "grid")


def test_test_split_of_the_best_config() -> None:
    table = search(CONFIG)
    watcher = Watcher()
    result = compute_test(CONFIG, watcher.report, lambda: False, table.to_bytes())
    np.testing.assert_array_equal(
        SearchTable.from_bytes(result).test_scores, open_test(table).test_scores
    )
    assert watcher.shares[-1] == pytest.approx(1)
    assert compute_test(CONFIG, watcher.report, lambda: True, table.to_bytes()) == b""


def run_apart(config: SearchConfig, n_parts: int, *attached: bytes) -> bytes:
    """Run a search as several workers do."""
    known, so_far = (*attached, b"", b"")[:2]
    for rung in range(n_rounds(config)):
        parts = [run(Watcher(), config, known, so_far, rung, k, n_parts) for k in range(n_parts)]
        so_far = merge_tables([part for part in parts if part])
    return so_far


@pytest.mark.parametrize("n_parts", [2, 5])
@pytest.mark.parametrize("strategy", ["grid", "halving"])
def test_parts_of_a_search_merge_into_its_table(strategy: str, n_parts: int) -> None:
    choices = ("2", "3", "4", "5")  # five parts are more than there are stacks
    space = (HIDDEN.model_copy(update={"choices": choices}), RATE)
    config = request_of(search_of(space=space, strategy=strategy, n_configs=9))
    whole = SearchTable.from_bytes(run(Watcher(), config))
    apart = SearchTable.from_bytes(run_apart(config, n_parts))
    assert apart.is_complete
    np.testing.assert_array_equal(apart.scores, whole.scores)
    np.testing.assert_array_equal(apart.diverged_epochs, whole.diverged_epochs)


def test_parts_extend_a_known_search() -> None:
    fewer = HIDDEN.model_copy(update={"choices": ("2", "3")})
    known = search(request_of(search_of(space=(fewer,), n_seeds=3))).to_bytes()
    assert same(run_apart(CONFIG, 3, known), SearchTable.from_bytes(run(Watcher(), CONFIG, known)))


def test_parts_share_the_progress() -> None:
    gained = []
    for k in range(2):
        watcher = Watcher()
        run(watcher, CONFIG, b"", b"", 0, k, 2)
        assert watcher.shares[0] == 0
        gained.append(watcher.shares[-1])
    # The first has two of the three stacks.
    assert gained == pytest.approx([2 / 3, 1 / 3])


def test_tables_of_other_searches_do_not_merge() -> None:
    other = request_of(search_of(space=(RATE,)))
    with pytest.raises(ValueError, match="must be a table of the same search"):
        merge_tables([SearchTable.empty(config).to_bytes() for config in (CONFIG, other)])
