"""How a site of two web processes bears a class: ``python -m tests.hosting``.

Each student opens a page behind nginx. The same number of students opens a bare Streamlit page
behind the same nginx, on as many web processes.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annlab.store.run_store import RunStore
from tests.benchmarks.machine import machine, today
from tests.benchmarks.server import BARE_PAGE
from tests.benchmarks.student import Student
from tests.hosting.site import Site, site
from tests.hosting.visits import learn_all, runs_of, student

_WITHIN_SECONDS = 20.0
_PATIENCE_SECONDS = 1800.0
_BARE = [sys.executable, "-m", "streamlit", "run", str(BARE_PAGE)]


@dataclass(frozen=True)
class Lesson:
    """Seconds of the runs of whole pages, and from the first page to the last result."""

    pages: list[float]
    seconds: float

    def milliseconds(self, percent: float) -> float:
        """Percentile of the runs of whole pages."""
        return 1000 * float(np.percentile(self.pages, percent))


def _stored(served: Site, numbers: Sequence[int]) -> Lesson:
    """Students whose runs are stored already."""
    return _lesson(served, [numbers[0]] * len(numbers))


def _lesson(served: Site, numbers: Sequence[int]) -> Lesson:
    began = time.monotonic()
    all_times = asyncio.run(learn_all(served, numbers, _WITHIN_SECONDS, _PATIENCE_SECONDS))
    return Lesson(
        [seconds for times in all_times for seconds in times.pages], time.monotonic() - began
    )


async def _first(served: Site, url: str) -> None:
    visitor = student(served, 0, url)
    await visitor.open()
    await visitor.until_results()
    await visitor.close()


def _bare(served: Site, n_students: int) -> Lesson:
    async def visit(k: int) -> list[float]:
        await asyncio.sleep(k * _WITHIN_SECONDS / n_students)
        visitor = Student(served.url, "", "", "curves-0", f"annlab_server=student-{k}")
        await visitor.open()
        await visitor.until_results()
        pages = visitor.times.pages
        await visitor.close()
        return pages

    async def visits() -> list[float]:
        found = await asyncio.gather(*(visit(k) for k in range(n_students)))
        return [seconds for pages in found for seconds in pages]

    asyncio.run(visit(0))  # imports everything
    began = time.monotonic()
    pages = asyncio.run(visits())
    return Lesson(pages, time.monotonic() - began)


def _megabytes(served: Site) -> str:
    def of(name: str) -> float:
        return sum(p.memory_full_info().pss for p in served.parts[name].processes()) / 1e6

    return ", ".join(f"{name} {of(name):.0f}" for name in served.parts)


def main() -> None:
    """Measure, and print one line for each figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.hosting", description=__doc__)
    parser.add_argument("--students", type=int, default=100)
    n_students: int = parser.parse_args().students
    print(f"{today()}, {machine()}, {n_students} students within {_WITHIN_SECONDS:.0f} s")
    with tempfile.TemporaryDirectory(prefix="annlab-") as folder, site(Path(folder), _BARE) as bare:
        peer = _bare(bare, n_students)
    lessons = {"bare page": peer}
    with tempfile.TemporaryDirectory(prefix="annlab-") as folder, site(Path(folder)) as served:
        for url in served.web_urls:  # the first visitors import everything
            asyncio.run(_first(served, url))
        lessons["results are stored"] = _stored(served, range(n_students))
        numbers = range(1, n_students + 1)
        lessons["everybody trains"] = _lesson(served, numbers)
        wanted = {run.digest for k in numbers for run in runs_of(k)}
        store = RunStore(served.database.url)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while missing := wanted - {info.digest for info in store.list_runs()}:
            if time.monotonic() > deadline:
                break
            time.sleep(1)
        store._database._engine().dispose()
        print(f"runs that were not stored: {len(missing)} of {len(wanted)}")
        print(f"proportional set size in MB: {_megabytes(served)}")
    for name, lesson in lessons.items():
        print(
            f"{name}: {len(lesson.pages)} runs of a page, median {lesson.milliseconds(50):.0f} ms, "
            f"95th percentile {lesson.milliseconds(95):.0f} ms "
            f"({lesson.milliseconds(95) / peer.milliseconds(95):.2f} times the bare page's), "
            f"all done after {lesson.seconds:.0f} s"
        )


if __name__ == "__main__":
    main()
