"""Run a search: train what is missing, stage by stage, into a table."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from annlab.runs.history import column
from annlab.search.search_config import NETWORKS_AT_ONCE, SearchConfig
from annlab.search.table import LOSS, SCORE, SearchTable

ShouldStop = Callable[[], bool]


class Progress(NamedTuple):
    """How far a search is.

    Attributes
    ----------
    network_epochs : int
        Epochs of all networks so far, those of a known table included.
    planned : int
        Epochs of all networks when the search is done.
    """

    network_epochs: int
    planned: int


class Part(NamedTuple):
    """Part of a search that one of several workers trains.

    Attributes
    ----------
    rung : int
        Index in `rungs_of` of the only rung that it trains up to.
    number, n_parts : int
        Every `n_parts`-th stack from the stack `number` on, so that the scores of each network
        are the same for any number of parts.
    """

    rung: int
    number: int
    n_parts: int


def rungs_of(config: SearchConfig) -> tuple[int, ...]:
    """Indices in `config.epochs` up to which a search trains, one after another."""
    last = len(config.epochs) - 1
    # Only halving looks at the scores before the last rung, to decide who goes on.
    return tuple(range(last + 1)) if config.plan.halves else (last,)


def search(
    config: SearchConfig,
    *,
    on_progress: Callable[[Progress], Any] | None = None,
    on_config: Callable[[SearchTable], Any] | None = None,
    should_stop: ShouldStop | None = None,
    known: SearchTable | None = None,
    part: Part | None = None,
) -> SearchTable:
    """Train all networks of a search, or a part of them; blocks until they are done.

    Only the validation split is looked at. The same search gives the same table.

    Parameters
    ----------
    config : SearchConfig
    on_progress : callable, optional
        Called with a `Progress` at the start and after every epoch of a stack of networks.
    on_config : callable, optional
        Called with the table so far whenever a config is done; the search goes on to fill it.
    should_stop : callable, optional
        Asked often; True ends the search, which keeps what was trained.
    known : SearchTable, optional
        Earlier search of the same networks; its scores are not computed again.
    part : Part, optional
        What to train of the search, beside other workers; `known` must have the scores of all
        parts at the rungs before.

    Returns
    -------
    SearchTable

    Raises
    ------
    ValueError
        If `known` is a search of other networks, or a config takes more than the host allows.
    """
    table = known.extended(config) if known else SearchTable.empty(config)
    planned = config.plan.network_epochs(
        table.n_configs, config.n_seeds, config.base.training.max_epochs
    )

    def report(network_epochs: float) -> None:
        if on_progress:
            on_progress(Progress(round(network_epochs), planned))

    report(table.network_epochs)
    left = config.plan.n_left(table.n_configs, len(config.epochs))
    rungs = rungs_of(config)
    share = slice(part.number, None, part.n_parts) if part else slice(None)
    for rung in (rungs[part.rung],) if part else rungs:
        best = _best(table, rung, left[rung])
        _train_missing(table, best, rung, share, report, on_config, should_stop)
        if should_stop and should_stop():
            break
    return table


def _best(table: SearchTable, rung: int, n: int) -> list[int]:
    """Configs that train up to a rung: all at the first, later the best of the rung before."""
    if not table.config.plan.halves or rung == 0:
        return list(range(table.n_configs))
    means = table.mean_scores(rung - 1)
    costs = -means if table.headline.higher_is_better else means
    # NaN, of configs that were not trained that far, comes last; equal means keep their order.
    return sorted(np.argsort(costs, kind="stable")[:n].tolist())


def _train_missing(
    table: SearchTable,
    rows: Sequence[int],
    rung: int,
    share: slice,
    report: Callable[[float], None],
    on_config: Callable[[SearchTable], Any] | None,
    should_stop: ShouldStop | None,
) -> None:
    """Train networks of some configs that have no scores at a rung, and fill the table."""
    # Imported here, because it brings torch along, which only workers may load.
    from annlab.training.many import Scores, train_scores

    n_seeds = table.config.n_seeds
    n_known = table.trained[:, :, rung].sum(axis=1)  # the first seeds of each config
    missing = [row for row in rows if n_known[row] < n_seeds]
    configs = [
        table.config.config_of(table.combinations[row], first=int(n_known[row])) for row in missing
    ]
    epochs = table.config.epochs[: rung + 1]
    before, n_networks = table.network_epochs, sum(c.training.n_seeds for c in configs)
    # Networks that go on begin anew, so that they are charged for the further epochs only.
    charged = epochs[-1] - (epochs[-2] if table.config.plan.halves and rung else 0)

    def fill(index: int, found: Scores) -> None:
        row, first = missing[index], int(n_known[missing[index]])
        for kind, name in ((LOSS, "loss"), (SCORE, table.headline.name)):
            place = found.columns.index(column("validation", name))
            table.scores[kind, row, first:, : rung + 1] = found.values[:, place].T
        table.diverged_epochs[row, first:] = found.diverged_epochs
        if on_config:
            on_config(table)

    train_scores(
        configs,
        epochs,
        fill,
        on_progress=lambda done: report(before + done * charged * n_networks),
        at_once=NETWORKS_AT_ONCE,
        share=share,
        should_stop=should_stop,
    )


def open_test(
    table: SearchTable,
    *,
    on_progress: Callable[[float], Any] | None = None,
    should_stop: ShouldStop | None = None,
) -> SearchTable:
    """Open the test split: train the winner again and score its networks on it.

    Parameters
    ----------
    table : SearchTable
        With at least one trained config, on data with a test split.
    on_progress : callable, optional
        Called with the share of the work that is done, from 0 to 1.
    should_stop : callable, optional
        Asked often; True ends the training without test scores.

    Returns
    -------
    SearchTable
        With `test_scores`, shape (n_seeds,), of the epoch that the search compared last; the same
        table if the training was stopped.

    Raises
    ------
    ValueError
        If nothing was trained, or the data have no test split.
    """
    if table.winner is None:
        raise ValueError("The search has trained nothing yet. Train first, then open the test.")
    if not table.config.base.has_test:
        raise ValueError(
            "test_fraction: the data have no test split. Set it above 0 and search again."
        )
    # Imported here, because it brings torch along, which only workers may load.
    from annlab.training.many import Scores, train_scores

    config = table.config.config_of(table.combinations[table.winner])
    found: list[Scores] = []
    last = int(table.epochs_trained[table.winner])
    train_scores(
        [config],
        [last],
        lambda index, scores: found.append(scores),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    if not found:
        return table
    place = found[0].columns.index(column("test", table.headline.name))
    return table.with_test_scores(found[0].values[0, place])
