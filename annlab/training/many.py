"""Train many configs in as few stacks as possible."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.runs.budget import check_budget, run_bytes, stack_bytes, step_bytes
from annlab.runs.run import Run
from annlab.training.callbacks import EpochReport
from annlab.training.fit import Fitted, fit, places
from annlab.training.networks import stack_key

# Larger stacks are no faster, and hold the results of more networks in memory.
MAX_NETWORKS = 1000
_ALL = slice(None)

OnProgress = Callable[[float], object]
ShouldStop = Callable[[], bool]


class Scores(NamedTuple):
    """History of one config at some epochs.

    Attributes
    ----------
    columns : tuple of str
        Names from `annlab.runs.history.history_columns`.
    values : ndarray of float32, shape (n_epochs, n_columns, n_seeds)
        In the order of the epochs that were asked for. A network that stopped or diverged
        repeats its last row.
    diverged_epochs : ndarray of int, shape (n_seeds,)
        Epoch in which each network diverged, or 0.
    """

    columns: tuple[str, ...]
    values: NDArray[np.float32]
    diverged_epochs: NDArray[np.int64]


def train_many(
    configs: Sequence[RunConfig],
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> list[Run]:
    """Train many configs; blocks until they are done.

    Configs that differ at most in learning rate, L1, L2, momentum, dropout, scale of the initial
    weights, largest gradient norm and seeds share a stack, which is much faster than one training
    after another. Each run equals the one that `annlab.train` returns up to rounding in float32;
    only its times are those of the whole stack. Networks with equal settings have the bits that
    they have as networks of one config.

    Parameters
    ----------
    configs : sequence of RunConfig
    on_progress : callable, optional
        Called with the share of the work that is done, from 0 to 1.
    should_stop : callable, optional
        Called several times a second; True ends the training, which keeps its complete epochs;
        configs that had not begun keep epoch 0.

    Returns
    -------
    list of Run
        In the order of `configs`.

    Raises
    ------
    ValueError
        As in `annlab.train`, for each config alone.
    """
    for config in dict.fromkeys(configs):
        check_budget(config)
    runs: dict[int, Run] = {}
    for which, fitted in _fitted(configs, stacks_of(configs), on_progress, should_stop):
        runs.update(zip(which, fitted.runs(), strict=True))
    return [runs[i] for i in range(len(configs))]


def train_scores(
    configs: Sequence[RunConfig],
    epochs: Sequence[int],
    on_config: Callable[[int, Scores], object],
    *,
    at_once: int = MAX_NETWORKS,
    share: slice = _ALL,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> None:
    """Train many configs as `train_many` does, but keep losses and scores at some epochs alone.

    Parameters
    ----------
    configs : sequence of RunConfig
    epochs : sequence of int
        Ascending, from 0 (before training); the training ends at the last, which is at least 1.
    on_config : callable
        Called with the index and the `Scores` of each config of a stack when the stack is done.
    at_once : int
        Most networks of a stack, unless one config has more; smaller stacks are done sooner.
    share : slice
        Stacks to train, where other workers train the others; progress counts the work of all.
    on_progress, should_stop : callable, optional
        As in `train_many`. A stop loses the stack that trains, and keeps those before.

    Raises
    ------
    ValueError
        As in `annlab.train`, for each config alone.
    """
    for config in dict.fromkeys(configs):
        check_budget(config)
    stacks = stacks_of(configs, at_once)
    for which, fitted in _fitted(
        configs, stacks, on_progress, should_stop, share=share, last_epoch=epochs[-1]
    ):
        recorder = fitted.recorder
        if recorder.ending == "stopped":
            return
        rows = recorder.history.rows()
        kept = rows[[min(epoch, len(rows) - 1) for epoch in epochs]]
        for i, own in zip(which, places(fitted.configs), strict=True):
            on_config(
                i,
                Scores(
                    recorder.history.columns,
                    kept[:, :, own].copy(),
                    recorder.diverged_epochs[own],
                ),
            )


def stacks_of(configs: Sequence[RunConfig], at_once: int = MAX_NETWORKS) -> list[list[int]]:
    """Group configs into stacks.

    Parameters
    ----------
    configs : sequence of RunConfig
    at_once : int
        Most networks of a stack, unless one config has more.

    Returns
    -------
    list of list of int
        Indices of the configs of each stack, in the order of the first of each.
    """
    groups: dict[RunConfig, list[int]] = {}
    for i, config in enumerate(configs):
        groups.setdefault(stack_key(config), []).append(i)
    stacks = []
    for key, indices in groups.items():
        most = 1 if key.dataset.resample != "none" else min(at_once, MAX_NETWORKS)
        stack: list[int] = []
        n_networks = n_bytes = 0
        for i in indices:
            n, size = configs[i].training.n_seeds, _bytes(configs[i])
            if stack and (n_networks + n > most or n_bytes + size > stack_bytes()):
                stacks.append(stack)
                stack, n_networks, n_bytes = [], 0, 0
            stack.append(i)
            n_networks, n_bytes = n_networks + n, n_bytes + size
        stacks.append(stack)
    return stacks


def _bytes(config: RunConfig) -> int:
    return step_bytes(config) + run_bytes(config)


def _fitted(
    configs: Sequence[RunConfig],
    stacks: list[list[int]],
    on_progress: OnProgress | None,
    should_stop: ShouldStop | None,
    *,
    share: slice = _ALL,
    last_epoch: int | None = None,
) -> Iterator[tuple[list[int], Fitted]]:
    """Train a share of the stacks, one after another; progress counts steps of networks."""
    work = [sum(_network_steps(configs[i]) for i in stack) for stack in stacks]
    own = work[share]
    for n_done, which in enumerate(stacks[share]):
        before, now = sum(own[:n_done]), own[n_done]

        def on_epoch(report: EpochReport, before: int = before, now: int = now) -> None:
            if on_progress:
                on_progress((before + now * report.epoch / report.max_epochs) / sum(work))

        yield (
            which,
            fit(
                [configs[i] for i in which],
                on_epoch=on_epoch,
                should_stop=should_stop,
                keeps_weights=last_epoch is None,
                last_epoch=last_epoch,
            ),
        )


def _network_steps(config: RunConfig) -> int:
    return config.training.n_seeds * config.n_steps
