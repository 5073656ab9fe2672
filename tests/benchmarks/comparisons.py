"""Benchmark of the Compare page: table of a full store, and six runs side by side."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from annlab import RunConfig
from annlab.config.links import write_comparison
from annlab.store.run_store import RunStore
from tests.benchmarks.browser import Browser
from tests.benchmarks.goals import GOALS
from tests.benchmarks.reruns import ALL_STORED, timed
from tests.benchmarks.server import APP, Server
from tests.benchmarks.table import Row, Say

ALL_SETTINGS = ".st-key-compare-all-settings label"
N_STORED = 2_000
SIX = tuple(
    RunConfig.from_url(f"data=moons&hidden={sizes}&activation=tanh&lr=0.01&seeds=10&epochs=60")
    for sizes in ("2", "4", "4-2", "8", "8-8", "16")
)
# A surface per run, and two learning curves.
N_SIX = len(SIX) + 2


def comparisons(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """Measure the time from a click to the end of the rerun."""
    say(f"storing {N_STORED:,} runs")
    database = stored.with_name("many.sqlite")
    _fill(database)
    address = "/compare?" + urlencode(write_comparison(SIX), doseq=True)
    opened, chosen = [], []
    with Server(APP, database) as app:
        tab = browser.open(app.url + address)
        tab.complete(N_SIX)  # trained, once
        for k in range(repeats + 1):
            say(f"the table and six runs, {k} of {repeats}")
            opening = timed(tab, ALL_STORED, N_SIX)
            timed(tab, ALL_STORED, N_SIX)
            rerun = timed(tab, ALL_SETTINGS, N_SIX)
            if k:
                opened.append(opening)
                chosen.append(rerun)
    return [
        Row(
            f"table of {N_STORED:,} stored runs, beside six compared",
            opened,
            goal=GOALS["comparison"],
        ),
        Row("six runs compared: a rerun", chosen, goal=GOALS["comparison"]),
    ]


def _fill(database: Path) -> None:
    """Fill the store with copies of one run under different seeds."""
    from annlab import train

    run = train(SIX[0])
    store = RunStore(f"sqlite:///{database}")
    for seed in range(N_STORED):
        training = run.config.training.model_copy(update={"seed": 1000 + seed})
        config = run.config.model_copy(update={"training": training})
        store.save(replace(run, config=config), run.history["train_accuracy"][-1])
