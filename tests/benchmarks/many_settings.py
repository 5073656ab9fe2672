"""Many settings at once against one, against scikit-learn, and a search against its stacks."""

import time
from contextlib import closing
from tempfile import TemporaryDirectory

import numpy as np

from annlab import RunConfig, train_many
from annlab.jobs.cluster import Cluster
from annlab.jobs.computations import Computations
from annlab.lessons.experiments import EXPERIMENTS
from annlab.search.presets import PRESETS
from annlab.search.run_search import search
from annlab.search.search_job import request_of
from annlab.store.run_store import RunStore
from annlab.training.many import MAX_NETWORKS, train_scores
from tests.benchmarks.goals import GOALS
from tests.benchmarks.peers import PEERS, fit_annlab
from tests.benchmarks.table import Row, Say

N_RATES = 200
# scikit-learn takes minutes for all of them: every tenth is measured, and counted ten times.
EVERY = 10
EXPERIMENT = "E4"
N_WORKERS = 2
MOST_SECONDS = 600


def many_rates(repeats: int, say: Say) -> list[Row]:
    """200 networks with as many learning rates, by one network and by scikit-learn's 200."""
    run = EXPERIMENTS[EXPERIMENT].runs[-1]
    training = {**run.training.model_dump(), "n_seeds": 1, "accelerator": "cpu"}
    training["max_epochs"] = 100
    configs = [
        RunConfig(
            dataset=run.dataset, model=run.model, training={**training, "learning_rate": rate}
        )
        for rate in np.geomspace(1e-4, 0.1, N_RATES).tolist()
    ]
    fit_annlab(configs[0])
    many: list[float] = []
    one: list[float] = []
    theirs: list[float] = []
    for k in range(repeats):
        say(f"{N_RATES} learning rates, {k + 1} of {repeats}")
        one.append(fit_annlab(configs[N_RATES // 2]).seconds)
        start = time.perf_counter()
        train_many(configs)
        many.append(time.perf_counter() - start)
        theirs.append(
            EVERY * sum(PEERS["scikit-learn"].fit(config).seconds for config in configs[::EVERY])
        )
    return [
        Row(f"{EXPERIMENT}, {N_RATES} rates against one", many, one, goal=GOALS["rates"]),
        Row(
            f"{EXPERIMENT}, {N_RATES} rates, scikit-learn one after the other",
            many,
            theirs,
            goal=GOALS["rates by scikit-learn"],
            remark=f"scikit-learn: every {EVERY}th, counted {EVERY} times",
        ),
    ]


def whole_search(repeats: int, say: Say) -> list[Row]:
    """A search of 24 × 24 × 5 networks, by its largest stack: alone, and with two workers."""
    config = PRESETS["moons"].config
    configs = config.configs()
    n_networks = len(configs) * config.n_seeds
    largest = configs[: MAX_NETWORKS // config.n_seeds]
    ours: list[float] = []
    by_two: list[float] = []
    stack: list[float] = []
    with TemporaryDirectory() as folder, closing(Cluster(N_WORKERS, scheduler="")) as cluster:
        store = RunStore(f"sqlite:///{folder}/runs.sqlite").computations
        computations = Computations(store, cluster)
        cluster.start()
        _wait_for_workers(cluster)
        for k in range(repeats):
            say(f"search of {n_networks:,} networks, {k + 1} of {repeats}")
            start = time.perf_counter()
            train_scores(largest, config.epochs, lambda index, scores: None)
            stack.append(time.perf_counter() - start)
            start = time.perf_counter()
            search(config)
            ours.append(time.perf_counter() - start)
            # Other seeds, because the same search would be found in the store.
            training = config.base.training.model_copy(update={"seed": 100 * k})
            base = config.base.model_copy(update={"training": training})
            request = request_of(config.model_copy(update={"base": base}))
            start = time.perf_counter()
            one = computations.ask("search", request, "benchmark", attached=lambda: b"")
            assert computations.wait_for_end(one, MOST_SECONDS), "the search takes too long"
            by_two.append(time.perf_counter() - start)
            assert one.result, one.failure
        computations.close()
    what = f"search of {n_networks:,} networks, by a stack of {MAX_NETWORKS:,}"
    return [
        Row(what, ours, stack, goal=GOALS["search"], remark="one worker"),
        Row(
            f"{what}, two workers",
            by_two,
            stack,
            goal=GOALS["search by two"],
            remark="with what the queue takes",
        ),
    ]


def _wait_for_workers(cluster: Cluster) -> None:
    assert cluster.wait_until_ready(MOST_SECONDS), cluster.start_error
    cluster.client.wait_for_workers(N_WORKERS, timeout=MOST_SECONDS)
