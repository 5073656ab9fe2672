"""Students at a site: each comes again when the connection breaks, as a browser does."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from websockets.exceptions import WebSocketException

from annlab import RunConfig
from annlab.config.links import read_bench
from tests.benchmarks.classroom import PAGE, RESULT, query_of
from tests.benchmarks.student import Student, Times
from tests.hosting.site import Site

# Seconds until a student counts as failed.
PATIENCE_SECONDS = 300
_AGAIN_SECONDS = 1.0


def student(site: Site, k: int, url: str = "", who: int | None = None) -> Student:
    """A student with the two models of number k, which have seeds of their own.

    Parameters
    ----------
    site : Site
    k : int
    url : str
        Address of a web process; by default nginx chooses one by the student's cookie.
    who : int, optional
        Number of the student, by default `k`.
    """
    cookie = f"annlab_server=student-{k if who is None else who}"
    return Student(url or site.url, PAGE, query_of(k), RESULT, cookie)


def runs_of(k: int) -> tuple[RunConfig, ...]:
    """Runs that student k asks for."""
    pairs = [pair.split("=") for pair in query_of(k).split("&")]
    runs, problems = read_bench(dict(pairs), (RunConfig(), RunConfig()))
    assert problems == []
    return runs


async def learn(site: Site, k: int, after_seconds: float = 0.0, who: int | None = None) -> Times:
    """Open the page with models k and wait for its results, whatever happens meanwhile."""
    await asyncio.sleep(after_seconds)
    times = Times()
    while True:
        visitor = student(site, k, who=who)
        visitor.times = times
        try:
            await visitor.open()
            while True:
                await visitor.until_rest()
                if visitor.has_results:
                    return times
                # The page says that something failed, and to press Train.
                await asyncio.sleep(_AGAIN_SECONDS)
                await visitor.click("logistic-train")
        except (TimeoutError, OSError, RuntimeError, WebSocketException):
            await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            with suppress(AttributeError, WebSocketException):  # it may not have been opened
                await visitor.close()


async def learn_all(
    site: Site,
    numbers: Sequence[int],
    within_seconds: float,
    patience_seconds: float = PATIENCE_SECONDS,
) -> list[Times]:
    """Let students come one after another; each has results at the end, or this fails."""
    apart = within_seconds / len(numbers)
    visits = (learn(site, k, i * apart, i) for i, k in enumerate(numbers))
    async with asyncio.timeout(patience_seconds):
        return await asyncio.gather(*visits)
