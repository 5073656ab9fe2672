"""Thirty students at once: each opens a page, trains what nobody has trained, and watches it."""

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
# What takes longer than this has failed.
LESSON_SECONDS = 180
SAMPLE_SECONDS = 0.25
PAGE, RESULT = "logistic_vs_mlp", "curves-loss"


@dataclass(frozen=True)
class Lesson:
    """What came of it.

    Attributes
    ----------
    times : list of Times
        Of each student.
    unfinished : int
        Students who had no results in time.
    seconds : float
        From the first opening to the last result.
    megabytes : float
        The most that the web process has taken.
    saved : int
        How often a run was stored after all had clicked the same experiment.
    """

    times: list[Times]
    unfinished: int
    seconds: float
    megabytes: float
    saved: int


def classroom(repeats: int, say: Say) -> list[Row]:
    """The app with thirty students, by the bare page with as many."""
    ours, bare = [], []
    for k in range(repeats):
        say(f"{N_STUDENTS} students, {k + 1} of {repeats}")
        ours.append(asyncio.run(_lesson(APP, PAGE, [_query(i) for i in range(N_STUDENTS)])))
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
    """What makes the bare page be looked at as often as the app was, over as long a time."""
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


def _query(k: int) -> str:
    """E2 from seeds of a student's own."""
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
            # Somebody was here before the lesson: workers are warm, and all is imported.
            early = Student(server.port, page, "", result)
            await _attend([early], 0)
            await early.close()
            students = [Student(server.port, page, query, result) for query in queries]
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
    """All open their page one after the other and wait for results; who gets none?"""

    async def come(k: int, student: Student) -> None:
        await asyncio.sleep(k * seconds_apart)
        await student.open()
        opened = time.monotonic()
        await student.until_results()
        student.times.waited = time.monotonic() - opened

    return await _late(come(k, student) for k, student in enumerate(students))


async def _same_experiment(students: Sequence[Student], database: Path) -> int:
    """All choose the same experiment and press Train; says how often a run is stored then."""

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
    """Wait for all, but not for ever; says how many have not come to their end."""
    tasks = [asyncio.create_task(one) for one in all_of_them]
    done, late = await asyncio.wait(tasks, timeout=LESSON_SECONDS)
    for task in late:
        task.cancel()
    for task in done:
        task.result()  # raises what has gone wrong
    return len(late)


# A run that is stored again replaces itself: the rows do not tell how often it was trained.
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
