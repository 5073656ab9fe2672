"""Command line of the benchmarks: ``python -m tests.benchmarks``."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence

from tests.benchmarks import readme
from tests.benchmarks.machine import machine, today, versions
from tests.benchmarks.table import Row, render, summary, unmeasured_goals

Table = tuple[str, list[Row]]
# Rows measured by a part, and the versions of the packages involved.
Measured = tuple[list[Table], str]


def say(text: str) -> None:
    """Print progress to stderr, because stdout has the results."""
    print(f"… {text}", file=sys.stderr, flush=True)


# Each part has its own imports: the app benchmark does not need torch, and the engine benchmark
# does not need a browser.


def _engine(repeats: int) -> Measured:
    from tests.benchmarks import engine, estimates, many_settings, memory

    # Comparisons of annlab with itself come first, because libraries of peers stay in memory.
    tables = [
        ("Many networks at once against one", engine.many_seeds(repeats, say)),
        ("Networks with their own data against the same", engine.own_data(repeats, say)),
        ("Many outputs against one", engine.many_outputs(repeats, say)),
        ("Many settings at once", many_settings.many_rates(repeats, say)),
        ("A search", many_settings.whole_search(repeats, say)),
        ("A thousand networks on a GPU", engine.many_on_gpu(repeats, say)),
        ("Evaluation", engine.evaluation_share(repeats, say)),
        ("train() against others, one network", engine.against_peers(repeats, say)),
        ("Many samples", engine.many_samples(repeats, say)),
        ("Estimated durations", estimates.estimates(repeats, say)),
        ("Memory of a worker", memory.worker_memory(repeats, say)),
    ]
    return tables, versions(engine.PACKAGES)


def _app(repeats: int) -> Measured:
    from tests.benchmarks import app

    rows, browser = app.measure(repeats, say)
    said = f"{versions(app.PACKAGES)}, {browser}"
    return [("The app against a bare Streamlit page", rows)], said


def _class(repeats: int) -> Measured:
    from tests.benchmarks import classroom

    rows = classroom.classroom(repeats, say)
    return [("Thirty students at once", rows)], versions(("streamlit", "websockets"))


def _false_claims(repeats: int) -> Measured:
    from tests.benchmarks import false_claims

    tables = [
        ("Claims where there is no difference", false_claims.false_claims(say)),
        ("Intervals of normal differences", false_claims.intervals()),
    ]
    return tables, versions(("numpy", "scipy", "torch"))


def _diagnosis() -> None:
    from tests.benchmarks import diagnosis, diagnosis_page

    found = diagnosis.tallies(say)
    print(diagnosis_page.table(found))
    diagnosis_page.write_page(found)


PARTS: dict[str, tuple[Callable[[int], Measured], str]] = {
    "engine": (_engine, "train() and its workers"),
    "app": (_app, "the app in a browser"),
    "class": (_class, "thirty students at once"),
    "false-claims": (_false_claims, "how often a comparison claims what is not so"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the selected benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    for name, (_, what) in PARTS.items():
        parser.add_argument(f"--{name}", action="store_true", help=f"measure only {what}")
    parser.add_argument("--repeats", type=int, default=3, help="of everything; 3 by default")
    parser.add_argument(
        "--summary", action="store_true", help="end with a short table of all that has a goal"
    )
    parser.add_argument(
        "--readme",
        action="store_true",
        help="write that table into docs/benchmarks.md and the README; measures all",
    )
    parser.add_argument(
        "--diagnosis",
        action="store_true",
        help="count hits and false alarms of the diagnosis, and write docs/diagnosis.md",
    )
    given = vars(parser.parse_args(arguments))
    if given["diagnosis"]:
        _diagnosis()
        return
    repeats = max(1, given["repeats"])
    chosen = [name for name in PARTS if given[name.replace("-", "_")]]
    if given["readme"] and chosen:
        parser.error("--readme needs all parts")
    if given["readme"]:
        readme.check()
    # Convert SIGTERM to an exception, so that servers, browser and workers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    where = machine()
    print(where)
    print(
        "ratio: ours by the peer's, median of the repeats, each pair measured one after the "
        f"other; spread: least to most of {repeats}; ours, peer: medians"
    )
    rows: list[Row] = []
    used = []
    for name in chosen or PARTS:
        tables, with_what = PARTS[name][0](repeats)
        for title, those in tables:
            print(render(title, those))
            rows += those
        print(f"\n{with_what}", flush=True)
        used.append(with_what)
    short = summary(rows, f"{today()}, {where}. Median of {repeats}. {'; '.join(used)}.")
    if given["summary"]:
        print(f"\n## Summary\n\n{short}")
    if unmeasured := [] if chosen else unmeasured_goals(rows):
        print(f"\nnot measured: {'; '.join(unmeasured)}")
    elif given["readme"]:
        readme.write(short)


main()
