"""Benchmark of thirty students who open a page, train new runs, and watch them."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode

import numpy as np

from annlab import RunConfig
from annlab.config.links import write_bench
from annlab.lessons.experiments import EXPERIMENTS
from tests.benchmarks.goals import GOALS, PRESET
from tests.benchmarks.server import APP, BARE_PAGE, Server
from tests.benchmarks.student import Student, Times
from tests.benchmarks.table import NOT_MEASURED, Row, Say

N_STUDENTS = 30
OPENED_WITHIN_SECONDS = 10.0
# Seconds until a student counts as failed.
LESSON_SECONDS = 180
SAMPLE_SECONDS = 0.25
PAGE, RESULT = "logistic_vs_mlp", "curves-loss"


@dataclass(frozen=True)
class Lesson:
    """Measurements of one simulated lesson.

    Attributes
    ----------
    times : list of Times
        Times of each student.
    unfinished : int
        Students who had no results in time.
    seconds : float
        Time from the first page opened to the last result.
    megabytes : float
        Peak memory of the web process.
    saved : int
        Number of stored runs after all students started the same experiment.
    """

    times: list[Times]
    unfinished: int
    seconds: float
    megabytes: float
    saved: int


def classroom(repeats: int, say: Say) -> list[Row]:
    """Compare the app with the bare page, each with thirty students."""
    ours, bare = [], []
    for k in range(repeats):
        say(f"{N_STUDENTS} students, {k + 1} of {repeats}")
        ours.append(asyncio.run(_lesson(APP, PAGE, [query_of(i) for i in range(N_STUDENTS)])))
        query = urlencode(_as_often(ours[-1]))
        say(f"{N_STUDENTS} students at the bare page, {k + 1} of {repeats}")
        bare.append(asyncio.run(_lesson(BARE_PAGE, "", [query] * N_STUDENTS)))
    return [
        Row(
            f"{N_STUDENTS} students: without results at the end",
            [lesson.unfinished for lesson in ours],
            unit="",
            goal=GOALS["no results"],
            remark=f"each trains E2 from other seeds; all done after "
            f"{median(lesson.seconds for lesson in ours):.0f} s",
        ),
        *_times("a look at a training", "looks", ours, bare),
        *_times("a run of the whole page", "pages", ours, bare),
        Row(
            f"{N_STUDENTS} students: memory of the web process, at most",
            [lesson.megabytes for lesson in ours],
            [lesson.megabytes for lesson in bare],
            "MB",
            GOALS["web process of a class"],
        ),
        Row(
            f"{N_STUDENTS} clicks on the same experiment: runs stored",
            [lesson.saved for lesson in ours],
            unit="",
            goal=GOALS["once"],
            remark="also counts a run that is stored again, after it was trained again",
        ),
    ]


def _as_often(lesson: Lesson) -> dict[str, float]:
    """Query that makes the bare page update as often and as long as the app did."""
    looks = max(1, round(mean(len(times.looks) for times in lesson.times)))
    waited = mean(times.waited for times in lesson.times)
    return {"watch": round(waited / (looks + 1), 2), "looks": looks}


def _times(what: str, of: str, ours: list[Lesson], bare: list[Lesson]) -> list[Row]:
    if not all(_all(lesson, of) for lesson in (*ours, *bare)):
        said = f"{NOT_MEASURED}: in some lesson there was none, trainings were over before"
        return [Row(f"{N_STUDENTS} students: {what}", remark=said)]
    rows = []
    for name, percent in (("median", 50), ("95th percentile", 95)):
        our_milliseconds, bare_milliseconds = (
            [1000 * float(np.percentile(_all(lesson, of), percent)) for lesson in lessons]
            for lessons in (ours, bare)
        )
        n = sum(len(_all(lesson, of)) for lesson in ours)
        rows.append(
            Row(
                f"{N_STUDENTS} students: {what}, {name}",
                our_milliseconds,
                bare_milliseconds,
                "ms",
                GOALS["class"],
                f"of {n}; from the client's message to the end of the run",
            )
        )
    return rows


def _all(lesson: Lesson, of: str) -> list[float]:
    return [seconds for times in lesson.times for seconds in getattr(times, of)]


def query_of(k: int) -> str:
    """Query of experiment E2 with separate seeds for student k."""
    runs = []
    for run in EXPERIMENTS["E2"].runs:
        training = run.training.model_copy(update={"seed": 100 * (k + 1)})
        runs.append(RunConfig(dataset=run.dataset, model=run.model, training=training))
    return urlencode(write_bench(runs))


async def _lesson(script: Path, page: str, queries: Sequence[str]) -> Lesson:
    ours = script == APP
    result = RESULT if ours else "curves-0"
    with tempfile.TemporaryDirectory(prefix="annlab-") as folder:
        database = Path(folder) / "runs.sqlite"
        with Server(script, database) as server:
            # A first visitor warms up the workers and the imports.
            early = Student(server.url, page, "", result)
            await _attend([early], 0)
            await early.close()
            students = [Student(server.url, page, query, result) for query in queries]
            megabytes: list[float] = []
            measuring = asyncio.create_task(_measure(server, megabytes))
            began = time.monotonic()
            try:
                unfinished = await _attend(students, OPENED_WITHIN_SECONDS / len(students))
                seconds = time.monotonic() - began
                times = [student.times.copy() for student in students]
                saved = await _same_experiment(students, database) if ours else 0
            finally:
                measuring.cancel()
                await asyncio.gather(*(student.close() for student in students))
    return Lesson(times, unfinished, seconds, max(megabytes), saved)


async def _measure(server: Server, megabytes: list[float]) -> None:
    while True:
        megabytes += server.megabytes()["web"]
        await asyncio.sleep(SAMPLE_SECONDS)


async def _attend(students: Sequence[Student], seconds_apart: float) -> int:
    """Open all pages one by one and wait for results; return the number without results."""

    async def come(k: int, student: Student) -> None:
        await asyncio.sleep(k * seconds_apart)
        await student.open()
        opened = time.monotonic()
        await student.until_results()
        student.times.waited = time.monotonic() - opened

    return await _late(come(k, student) for k, student in enumerate(students))


async def _same_experiment(students: Sequence[Student], database: Path) -> int:
    """Train the same experiment in all sessions; return the number of stored runs."""

    async def press(student: Student) -> None:
        await student.choose("logistic-experiment", PRESET.title)
        await student.until_rest()
        await student.click("logistic-train")
        await student.until_results()

    _count_saves(database)
    late = await _late(press(student) for student in students)
    if late:
        raise RuntimeError(f"{late} students had no results of {PRESET.title}")
    return _n_saves(database)


async def _late(all_of_them: Iterable[Coroutine[Any, Any, None]]) -> int:
    """Wait for all tasks with a time limit; return the number of unfinished tasks."""
    tasks = [asyncio.create_task(one) for one in all_of_them]
    done, late = await asyncio.wait(tasks, timeout=LESSON_SECONDS)
    for task in late:
        task.cancel()
    for task in done:
        task.result()  # raises the error of a failed task
    return len(late)


# Triggers count saves, because a run stored again replaces its row.
_COUNTER = """
    CREATE TABLE benchmark_saves (digest TEXT);
    CREATE TRIGGER benchmark_insert AFTER INSERT ON annlab_runs
        BEGIN INSERT INTO benchmark_saves VALUES (new.digest); END;
    CREATE TRIGGER benchmark_update AFTER UPDATE ON annlab_runs
        BEGIN INSERT INTO benchmark_saves VALUES (new.digest); END;
"""


def _count_saves(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.executescript(_COUNTER)


def _n_saves(database: Path) -> int:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        (n,) = connection.execute("SELECT count(*) FROM benchmark_saves").fetchone()
    return int(n)
