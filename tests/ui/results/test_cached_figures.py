"""Results are computed once for each run and its other arguments, and hold no run."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from annlab import DatasetConfig, Run, evaluate, load_dataset
from annlab.datasets import Dataset, load_run_dataset
from annlab.figures import data_preview, of_run
from annlab.ui.results.cached_figures import cached

calls: list[Any] = []


def _count(run: Run | list[Run], dataset: Dataset | None = None, *, epoch: int = 0) -> object:
    calls.append(epoch)
    return object()


def _count_otherwise(run: Run | list[Run], dataset: Dataset | None = None) -> object:
    return object()


@pytest.fixture
def other(binary_run: Run) -> Run:
    return replace(binary_run, message="another run of the same settings")


@pytest.mark.parametrize("wrap", [lambda run: run, lambda run: [run]])
def test_the_key_is_the_run_and_what_else_is_asked_for(
    binary_run: Run, other: Run, wrap: Callable[[Run], Any]
) -> None:
    run, other = wrap(binary_run), wrap(other)
    data = load_run_dataset(binary_run.config)
    calls.clear()
    first = cached(_count)(run, data, epoch=3)
    assert cached(_count)(wrap(replace(binary_run)), data, epoch=3) is first
    assert cached(_count)(run, replace(data), epoch=3) is first
    assert calls == [3]
    for again in (
        cached(_count)(run, data, epoch=4),
        cached(_count)(other, data, epoch=3),
        cached(_count_otherwise)(run, data),
    ):
        assert again is not first


def test_a_data_set_of_which_fewer_samples_are_at_hand_is_another(binary_run: Run) -> None:
    data = load_run_dataset(binary_run.config)
    some = replace(data, X_train=data.X_train[::2], y_train=data.y_train[::2])
    assert cached(_count)(binary_run, data) is not cached(_count)(binary_run, some)


def test_what_is_kept_holds_no_run(binary_run: Run) -> None:
    run = replace(binary_run, message="forgotten")
    for draw in (of_run.decision_surface, of_run.network_graph, of_run.confusion_matrix):
        cached(draw)(run, theme="dark")
    cached(of_run.learning_curves)([run])
    cached(evaluate)(run)
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


def test_figures_are_those_that_a_run_draws(binary_run: Run) -> None:
    kept = cached(of_run.decision_surface)(binary_run, network=1, split="train")
    drawn = of_run.decision_surface(binary_run, network=1, split="train")
    assert kept.to_json() == drawn.to_json()
    assert cached(of_run.decision_surface)(binary_run, network=1, split="train") is kept


def test_previews_are_kept_by_the_settings_of_the_data() -> None:
    moons, noisy = DatasetConfig(n_samples=50), DatasetConfig(n_samples=50, noise=0.4)
    first = cached(data_preview)(moons, load_dataset(moons))
    assert cached(data_preview)(moons, load_dataset(moons)) is first
    assert cached(data_preview)(noisy, load_dataset(noisy)) is not first
