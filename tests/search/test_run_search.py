"""Search: the same scores as trainings one by one, stops, and extensions."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from annlab import RunConfig, evaluate
from annlab.search.run_search import Progress, open_test, search
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting
from annlab.search.table import LOSS, SCORE, SearchTable
from annlab.training import many
from annlab.training.many import train_scores
from tests.search.tables import DIABETES, LABELS, LINNERUD, MOONS


def of_task(base: RunConfig) -> str:
    return base.task.name


RATE = SearchedSetting(address="lr", low=0.01, high=0.1, n_levels=2)
L2 = SearchedSetting(address="l2", low=0.001, high=0.1, n_levels=2)


class Asked(NamedTuple):
    """Networks that a search asks for in one go, and the last epoch."""

    n_seeds: list[int]
    last_epoch: int


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """What searches have trained."""
    calls: list[Asked] = []

    def watched(configs: list[RunConfig], epochs: list[int], *rest: Any, **more: Any) -> None:
        if configs:
            calls.append(Asked([config.training.n_seeds for config in configs], epochs[-1]))
        train_scores(configs, epochs, *rest, **more)

    monkeypatch.setattr(many, "train_scores", watched)
    return calls


def _search(base: RunConfig = MOONS, **values: Any) -> SearchConfig:
    return SearchConfig(base=base, **{"space": (RATE, L2), "n_seeds": 2, **values})


@pytest.mark.parametrize("base", [MOONS, DIABETES, LABELS, LINNERUD], ids=of_task)
def test_scores_are_those_of_each_config_trained_alone(base: RunConfig, trained: Any) -> None:
    table = search(_search(base))
    assert table.is_complete
    for k, config in enumerate(table.config.configs()):
        run = trained(config)
        found = evaluate(run, split="validation")
        np.testing.assert_allclose(table.scores[SCORE, k, :, -1], found.headline, rtol=1e-4)
        np.testing.assert_allclose(table.scores[LOSS, k, :, -1], found.loss, rtol=1e-4)
        recorded = run.history["val_loss"][list(table.config.epochs)]
        np.testing.assert_allclose(table.scores[LOSS, k].T, recorded, rtol=1e-4)


def test_a_known_table_is_not_computed_again(asked: list[Asked]) -> None:
    first = search(_search())
    assert asked == [([2] * 4, 9)]
    same = search(_search(), known=first)
    assert len(asked) == 1
    np.testing.assert_array_equal(same.scores, first.scores)
    more = _search(n_seeds=3, space=(RATE.model_copy(update={"n_levels": 3}), L2))
    extended = search(more, known=first)
    # Six configs: four need their third seed, two all of their seeds.
    assert sorted(asked[1].n_seeds) == [1, 1, 1, 1, 3, 3]
    # Seeds trained in another stack agree to rounding.
    np.testing.assert_allclose(extended.scores, search(more).scores, rtol=1e-3, atol=1e-4)


def test_progress_counts_network_epochs() -> None:
    reports: list[Progress] = []
    table = search(_search(), on_progress=reports.append)
    assert reports[0] == (0, 4 * 2 * 9)
    assert reports[-1] == (72, 72)
    # All eight networks of one stack have done as many epochs.
    assert sorted({report.network_epochs for report in reports}) == list(range(0, 73, 8))
    again: list[Progress] = []
    search(_search(), on_progress=again.append, known=table)
    assert again == [(72, 72)]


def test_a_stopped_search_keeps_its_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MAX_NETWORKS", 4)  # two configs
    done: list[Progress] = []
    table = search(
        _search(),
        on_progress=done.append,
        should_stop=lambda: bool(done) and done[-1].network_epochs > 2 * 2 * 9,
    )
    assert table.network_epochs == 2 * 2 * 9
    assert not table.is_complete
    assert (table.ranks > 0).sum() == 2
    finished = search(_search(), known=table)
    np.testing.assert_array_equal(finished.scores, search(_search()).scores)


def test_halving_trains_the_best_third_on(asked: list[Asked]) -> None:
    config = _search(strategy="halving", n_configs=6, n_seeds=1)
    table = search(config)
    assert asked == [([1] * 6, 1), ([1] * 2, 3), ([1], 9)]
    assert table.network_epochs == config.network_epochs == 6 * 1 + 2 * 2 + 1 * 6
    first = table.mean_scores(0)
    went_on = np.flatnonzero(table.n_rungs > 1)
    assert min(first[went_on]) >= max(np.delete(first, went_on))
    best = int(np.flatnonzero(table.n_rungs == 3)[0])
    assert table.winner == best
    # The scores of a config that went on are those of a full search.
    full = search(_search(strategy="random", n_configs=6, n_seeds=1))
    assert full.combinations == table.combinations
    np.testing.assert_allclose(table.scores[:, best], full.scores[:, best], rtol=1e-4)


def test_the_test_split_is_opened_for_the_winner_only(trained: Any) -> None:
    table = search(_search())
    assert not table.test_scores.size
    opened = open_test(table)
    winner = trained(table.config.configs()[table.winner])
    np.testing.assert_allclose(opened.test_scores, evaluate(winner).accuracy, rtol=1e-6)


def test_a_test_split_that_does_not_exist_cannot_be_opened() -> None:
    with pytest.raises(ValueError, match="has trained nothing yet"):
        open_test(SearchTable.empty(_search()))
    with pytest.raises(ValueError, match="test_fraction: the data have no test split"):
        open_test(search(_search(DIABETES)))


def test_diverged_networks_are_counted() -> None:
    wild = SearchedSetting(address="lr", low=0.001, high=100.0, n_levels=2)
    training = DIABETES.training.model_copy(update={"optimizer": "sgd"})
    base = DIABETES.model_copy(update={"training": training})
    table = search(_search(base, space=(wild,)))
    assert table.n_diverged.tolist() == [0, 2]
    assert table.ranks.tolist() == [1, 2]
    assert table.is_complete
