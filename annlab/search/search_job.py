"""Searches, and their opened test splits, as computations of a worker."""

from collections.abc import Callable, Sequence
from functools import reduce

from annlab.search.cost import check_cost
from annlab.search.run_search import Part, Progress, open_test, rungs_of, search
from annlab.search.search_config import SearchConfig
from annlab.search.table import SearchTable

Report = Callable[[float, bytes], object]
ShouldStop = Callable[[], bool]


def request_of(config: SearchConfig) -> SearchConfig:
    """Return the search without what changes no score, so that equal searches train once.

    Parameters
    ----------
    config : SearchConfig

    Returns
    -------
    SearchConfig
        Without a budget; the base has one network, and a grid has the default number of configs.
    """
    training = config.base.training.model_copy(update={"n_seeds": 1})
    changed = {"budget": 0, "base": config.base.model_copy(update={"training": training})}
    if config.plan.is_grid:
        fields = SearchConfig.model_fields
        changed |= {name: fields[name].default for name in ("n_configs", "seed")}
    return config.model_copy(update=changed)


def compute(
    request: SearchConfig,
    report: Report,
    should_stop: ShouldStop,
    known: bytes = b"",
    so_far: bytes = b"",
    *part: int,
) -> bytes:
    """Run a search, or a part of it, in a worker.

    Parameters
    ----------
    request : SearchConfig
    report, should_stop : callable
        As `annlab.jobs.kinds.Kind` describes them.
    known : bytes
        Table of an earlier search of the same networks, or empty.
    so_far : bytes
        Table of the same search that lacks some scores, or empty.
    *part : int
        Nothing, or the numbers that `annlab.jobs.kinds.Division` describes: a round is a rung, and
        a part is a share of its stacks.

    Returns
    -------
    bytes
        Of a `SearchTable`; empty if no config was trained.

    Raises
    ------
    ValueError
        If the search takes more compute than this host allows.
    """
    check_cost(request)
    tables = [SearchTable.from_bytes(data).extended(request) for data in (so_far, known) if data]
    latest: list[SearchTable] = []
    partial = b""

    def on_progress(progress: Progress) -> None:
        nonlocal partial
        # A table without a winner has nothing to show yet.
        if latest and (table := latest.pop()).winner is not None:
            partial = table.to_bytes()
        report(progress.network_epochs / progress.planned, partial)

    found = search(
        request,
        on_progress=on_progress,
        on_config=lambda table: latest.__setitem__(slice(None), [table]),
        should_stop=should_stop,
        known=max(tables, key=lambda table: table.trained.sum(), default=None),
        part=Part(*part) if part else None,
    )
    return found.to_bytes() if found.winner is not None else b""


def n_rounds(request: SearchConfig) -> int:
    """Number of rounds that parts of a search take: halving compares configs before each."""
    return len(rungs_of(request))


def merge_tables(tables: Sequence[bytes]) -> bytes:
    """Merge tables of the same search, whose parts several workers have trained.

    Parameters
    ----------
    tables : sequence of bytes
        At least one.

    Returns
    -------
    bytes
        Of a `SearchTable` with every score that any of them has.
    """
    return reduce(SearchTable.merged, map(SearchTable.from_bytes, tables)).to_bytes()


def compute_test(
    request: SearchConfig, report: Report, should_stop: ShouldStop, table: bytes
) -> bytes:
    """Open the test split of a complete search in a worker.

    Parameters
    ----------
    request : SearchConfig
    report, should_stop : callable
        As `annlab.jobs.kinds.Kind` describes them.
    table : bytes
        Table of the search.

    Returns
    -------
    bytes
        Of the `SearchTable` with test scores; empty if it was stopped.
    """
    found = open_test(
        SearchTable.from_bytes(table),
        on_progress=lambda share: report(share, b""),
        should_stop=should_stop,
    )
    return found.to_bytes() if found.test_scores.size else b""
