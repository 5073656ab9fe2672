"""Computations for tests, which count, and wait or fail on demand."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Literal

from annlab.jobs.kinds import Division, Kind
from annlab.validation import Config

Report = Callable[[float, bytes], None]
ShouldStop = Callable[[], bool]


class CountRequest(Config):
    """Count to `n`, with a pause after each number."""

    n: int
    seconds: float = 0.0
    then: Literal["return", "refuse", "fail", "die"] = "return"


def count(
    request: CountRequest, report: Report, should_stop: ShouldStop, attached: bytes = b""
) -> bytes:
    """Return what was attached and the last number."""
    return attached + count_on(request, report, should_stop, b"")


def count_on(
    request: CountRequest, report: Report, should_stop: ShouldStop, so_far: bytes
) -> bytes:
    """Return the last number, counting on from the last time."""
    i = int(so_far or b"0")
    while i < request.n and not should_stop():
        i += 1
        report(i / request.n, b"%d" % i)
        time.sleep(request.seconds)
    match request.then:
        case "refuse":
            raise ValueError("There is nothing to count.")
        case "fail":
            raise KeyError("lost")
        case "die":
            os._exit(1)
    return b"%d" % i


def merge_counts(found: Sequence[bytes]) -> bytes:
    """Numbers that any part has counted."""
    return b" ".join(sorted(set(b" ".join(found).split())))


KINDS_OF_COUNTS = {
    "count": Kind("The count", CountRequest, "tests.jobs.counting:count"),
    "count_long": Kind("The count", CountRequest, "tests.jobs.counting:count", is_long=True),
    "count_on": Kind(
        "The count", CountRequest, "tests.jobs.counting:count_on", is_long=True, continues=True
    ),
    "count_apart": Kind(
        "The count",
        CountRequest,
        "never run",
        is_long=True,
        continues=True,
        # As many rounds as it counts to.
        division=Division(lambda request: request.n, merge_counts),
    ),
}
