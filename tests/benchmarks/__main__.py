"""``python -m tests.benchmarks``: measure, print, decide nothing."""

import argparse
import signal
import sys

from tests.benchmarks.machine import machine, versions
from tests.benchmarks.table import render

ENGINE = "The engine"
APP = "The app"


def say(text: str) -> None:
    """How far it is: not part of the result, so not where the result goes."""
    print(f"… {text}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--engine", action="store_true", help="measure only train()")
    parser.add_argument("--app", action="store_true", help="measure only the app")
    parser.add_argument("--repeats", type=int, default=3, help="of everything; 3 by default")
    arguments = parser.parse_args()
    repeats = max(1, arguments.repeats)
    # Servers, browser and workers are ended on the way out, also when a `kill` says so.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    print(machine())
    print(
        "ratio: ours by the peer's, median of the repeats, each pair measured one after the "
        f"other; spread: least to most of {repeats}; ours, peer: medians"
    )
    # Imported here: who measures the app alone need not wait for torch, nor the other for
    # the browser.
    if arguments.engine or not arguments.app:
        from tests.benchmarks import engine

        print(render("train() against others, one network", engine.against_peers(repeats, say)))
        print(render("Many networks at once against one", engine.many_seeds(repeats, say)))
        print(render("Many samples", engine.many_samples(repeats, say)))
        print(f"\n{versions(engine.PACKAGES)}")
    if arguments.app or not arguments.engine:
        from tests.benchmarks import app

        rows, browser = app.measure(repeats, say)
        print(render("The app against a bare Streamlit page", rows))
        print(f"\n{versions(app.PACKAGES)}, {browser}")


main()
