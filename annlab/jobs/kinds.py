"""Registry of the computations that workers run beside trainings and data sets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from annlab.analysis.landscape_losses import LandscapeRequest
from annlab.analysis.piece_counts import PieceCountRequest
from annlab.analysis.separability_of_samples import SeparabilityRequest
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.runs.optimizer_memory import ReplayRequest
from annlab.search.range_test import RangeTestConfig
from annlab.search.search_config import SearchConfig
from annlab.search.search_job import merge_tables, n_rounds
from annlab.validation import RESULTS_VERSION, Config, digest_of


@dataclass(frozen=True)
class Division:
    """How a computation is divided into parts that several workers compute at the same time.

    The function of such a kind takes three further numbers where there are parts: the round, the
    part in this round, and the parts of a round, the first two from 0. It returns what it was
    given and what it has found. It reports the share of the whole computation that is done, as
    far as it knows: what it was given, and its own part. The result must not depend on the number
    of parts.

    Attributes
    ----------
    n_rounds : callable
        Returns the number of rounds of a request. Each starts from the merged result of the one
        before, as after a stop.
    merge : callable
        Returns the result of several parts together; none is empty.
    """

    n_rounds: Callable[[Any], int]
    merge: Callable[[Sequence[bytes]], bytes]


@dataclass(frozen=True)
class Kind:
    """One kind of computation.

    The function has the form ``function(request, report, should_stop) -> bytes``, with further
    arguments of bytes: what the page attaches, if anything, and the result so far, if the kind
    continues. It calls ``report(share_done, partial)`` with a share from 0 to 1 and, if there is
    any, the result so far. It calls ``should_stop()`` several times a second, which is also where
    it rests while its worker trains; once that is True, it returns the result so far, or empty
    bytes. A ValueError is a sentence for the user.

    Attributes
    ----------
    label : str
        The computation as the subject of a sentence, such as "The count of the pieces".
    request : type of Config
        What is computed; equal requests share a result.
    function : str
        "module:name" of the function, which only workers import.
    version : int
        Increase it when a change of the function changes results.
    is_long : bool
        Whether it may take minutes. Long ones never fill all slots. Those that wait are dropped
        when no page asks for them any more, but later than short ones.
    continues : bool
        Whether it goes on from the result so far after a stop. The function's last argument is
        empty at first.
    reads_file : bool
        Whether the function's last argument is the file that `request.file` names. The file is
        loaded when a worker is free, so that no file waits in memory.
    is_stored : bool
        Whether the store keeps the result, which the next server then finds.
    division : Division or None
        How it is divided among workers, if it can be; only for a kind that continues.
    """

    label: str
    request: type[Config]
    function: str
    version: int = 1
    is_long: bool = False
    continues: bool = False
    reads_file: bool = False
    is_stored: bool = True
    division: Division | None = None


# By name, which is part of the digests: letters, digits and "_".
KINDS: dict[str, Kind] = {
    "piece_counts": Kind(
        "The count of the linear pieces",
        PieceCountRequest,
        "annlab.analysis.piece_counts:count_pieces_of_run",
        is_long=True,
        continues=True,
    ),
    "landscape": Kind(
        "The loss around the weights",
        LandscapeRequest,
        "annlab.analysis.landscape_losses:compute_losses",
        is_long=True,
    ),
    "range_test": Kind(
        "The range test",
        RangeTestConfig,
        "annlab.search.run_range_test:compute",
        version=2,
        is_long=True,
    ),
    "search": Kind(
        "The search",
        SearchConfig,
        "annlab.search.search_job:compute",
        is_long=True,
        continues=True,
        division=Division(n_rounds, merge_tables),
    ),
    "search_test": Kind(
        "The test of the best config",
        SearchConfig,
        "annlab.search.search_job:compute_test",
        is_long=True,
    ),
    "optimizer_memory": Kind(
        "The replay of the run", ReplayRequest, "annlab.training.replay:replay", is_long=True
    ),
    "separability": Kind(
        "The decision about linear separability",
        SeparabilityRequest,
        "annlab.analysis.separability_of_samples:decide_separability",
    ),
    "file_description": Kind(
        "The description of the file",
        FileRequest,
        "annlab.datasets.own.reading.description:describe_on_worker",
        reads_file=True,
        is_stored=False,
    ),
    "table": Kind(
        "The data set of the file",
        TableRequest,
        "annlab.datasets.own.reading.description:make_table_on_worker",
        reads_file=True,
        is_stored=False,
    ),
}


def digest_for(name: str, request: Config) -> str:
    """Digest of the result of a request, which also names it in the store.

    Parameters
    ----------
    name : str
        Name in `KINDS`.
    request : Config
        Of the kind's type.

    Raises
    ------
    TypeError
        If the request is of another type.
    """
    kind = KINDS[name]
    # By name, because Streamlit's hot reload makes new classes.
    if type(request).__qualname__ != kind.request.__qualname__:
        raise TypeError(
            f"{name} needs a {kind.request.__name__}, got a {type(request).__qualname__}"
        )
    content: dict[str, Any] = {
        "kind": name,
        "version": kind.version,
        "results_version": RESULTS_VERSION,
        # A request may say what of it matters, and which files it reads.
        "request": getattr(request, "digest", None) or request.model_dump(mode="json"),
    }
    return f"{name}-{digest_of(content)}"
