"""`train()` against others, many seeds against one, and what an epoch is spent on."""

from statistics import median
from typing import Any

import numpy as np
import pytest

from annlab import Dataset, RunConfig
from annlab.lessons.experiments import EXPERIMENTS
from annlab.training.accelerators import available
from annlab.training.stack_module import StackModule
from tests.benchmarks.data import california_housing, fashion_mnist
from tests.benchmarks.goals import GOALS
from tests.benchmarks.peers import PEERS, Peer, Result, fit_annlab
from tests.benchmarks.table import NOT_MEASURED, Row, Say, geometric_means

PACKAGES = (
    "torch",
    "pytorch-lightning",
    "scikit-learn",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "numpy",
)
ONE_SEED = ("E2", "E4", "E6", "E8", "E9", "E11")
# Other experiments train all epochs, so that startup costs do not dominate.
FEWER_EPOCHS = {"E11": 20, "E10": 2}
# On a shared machine, two threads can block each other for minutes; a peer that takes longer than
# this is not measured again.
PATIENCE_SECONDS = 60
SEEDS = (1, 10, 20, 50)
MANY_SEEDS = ("E4", "E6", "E9")
N_OUTPUTS = 8
OWN_DATA = (("E4", "split"), ("E4", "sample"), ("E9", "split"))
GPU_SEEDS = 1000
# More repeats, because a difference of two times is noisier than a time.
EVALUATION_REPEATS = 3


def against_peers(repeats: int, say: Say) -> list[Row]:
    """Train one network with `train()` and each peer in turn, repeatedly."""
    with california_housing() as source:
        installed = _warm(say)
        rows: dict[str, list[Row]] = {peer: [] for peer in installed}
        for name in ONE_SEED:
            for row, peer in zip(_one_seed(name, installed, repeats, say), installed, strict=True):
                remark = f"{row.remark}; {source}" if name == "E11" else row.remark
                rows[peer].append(row.but(remark=remark))
    each = [rows[peer][i] for i in range(len(ONE_SEED)) for peer in installed]
    means = [
        geometric_means(
            f"geometric mean of {len(ONE_SEED)}, {peer}",
            rows[peer],
            GOALS.get(peer),
            PEERS[peer].threads(),
        )
        for peer in installed
    ]
    missing = [
        Row(name, remark=f"{NOT_MEASURED}: {_why_not(PEERS[name])}")
        for name in PEERS
        if name not in installed
    ]
    return each + means + missing


def _one_seed(name: str, peers: list[str], repeats: int, say: Say) -> list[Row]:
    ours: dict[str, list[Result]] = {peer: [] for peer in peers}
    theirs: dict[str, list[Result]] = {peer: [] for peer in peers}
    for k in range(repeats):
        say(f"{name}: one network by everybody, {k + 1} of {repeats}")
        config = _config(name, seed=k)
        for peer in peers:
            if any(result.seconds > PATIENCE_SECONDS for result in theirs[peer]):
                continue
            # Repeat annlab beside each peer, so that every ratio has two adjacent times.
            ours[peer].append(fit_annlab(config))
            theirs[peer].append(PEERS[peer].fit(config))
    return [_row(f"{name}, {peer}", ours[peer], theirs[peer]) for peer in peers]


def _row(name: str, ours: list[Result], theirs: list[Result]) -> Row:
    scores = " / ".join(f"{median(r.score for r in rs):.3f}" for rs in (ours, theirs))
    return Row(
        name,
        [result.seconds for result in ours],
        [result.seconds for result in theirs],
        remark=f"score {scores}",
    )


def many_seeds(repeats: int, say: Say) -> list[Row]:
    """The seconds of 10, 20 and 50 networks at once, by those of one."""
    rows = []
    for name in MANY_SEEDS:
        fit_annlab(_config(name, max_epochs=1))  # reads the data, which is not measured
        seconds: dict[int, list[float]] = {n: [] for n in SEEDS}
        for k in range(repeats):
            say(f"{name}: {', '.join(map(str, SEEDS))} seeds, {k + 1} of {repeats}")
            for n in SEEDS:
                seconds[n].append(fit_annlab(_config(name, seed=k, n_seeds=n)).seconds)
        rows += [
            Row(
                f"{name}, {n} seeds against one",
                seconds[n],
                seconds[1],
                goal=GOALS.get(f"{n} seeds of {name}"),
            )
            for n in SEEDS[1:]
        ]
    return rows


def own_data(repeats: int, say: Say) -> list[Row]:
    """The seconds of 20 networks that each have their own data, by those on the same."""
    rows = []
    for name, resample in OWN_DATA:
        shared = _config(name, n_seeds=20)
        shared = _with_data(shared, test_fraction=0.2)
        own = _with_data(shared, resample=resample)
        if resample == "folds":
            own = _with_data(own, test_fraction=0.0)
        fit_annlab(own)
        ours, same = [], []
        for k in range(repeats):
            say(f"{name}, each network its own {resample}, {k + 1} of {repeats}")
            ours.append(fit_annlab(own).seconds)
            same.append(fit_annlab(shared).seconds)
        rows.append(Row(f"{name}, 20 networks, own {resample}", ours, same, goal=GOALS["own data"]))
    return rows


def many_outputs(repeats: int, say: Say) -> list[Row]:
    """The seconds of networks with eight outputs, by those of the same network with one."""
    rows = []
    for n in (1, 20):
        several, one = (_with_outputs(n_outputs, n) for n_outputs in (N_OUTPUTS, 1))
        fit_annlab(several)
        fit_annlab(one)
        ours, alone = [], []
        for k in range(repeats):
            say(f"{N_OUTPUTS} outputs and one, {n} networks, {k + 1} of {repeats}")
            ours.append(fit_annlab(several).seconds)
            alone.append(fit_annlab(one).seconds)
        networks = "one network" if n == 1 else f"{n} networks"
        name = f"{N_OUTPUTS} outputs against one, {networks}"
        rows.append(Row(name, ours, alone, goal=GOALS["outputs"]))
    return rows


def _with_outputs(n_outputs: int, n_seeds: int) -> RunConfig:
    """Config of networks that learn some of eight waves over four features."""
    random = np.random.default_rng(0)
    X = random.uniform(-1, 1, (1000, 4))
    y = np.sin(3 * X @ random.normal(size=(4, N_OUTPUTS)))[:, :n_outputs]
    data = Dataset.from_arrays(X, y, task="regression" if n_outputs == 1 else None)
    training = {"n_seeds": n_seeds, "max_epochs": 50, "accelerator": "cpu"}
    return RunConfig(dataset=data.config, model={"hidden_sizes": (32, 32)}, training=training)


def _with_data(config: RunConfig, **changes: Any) -> RunConfig:
    data = {**config.dataset.model_dump(), **changes}
    return RunConfig(dataset=data, model=config.model, training=config.training)


def many_on_gpu(repeats: int, say: Say) -> list[Row]:
    """The seconds of 1,000 networks at once on a GPU, by those of one."""
    name = f"E4 on a GPU, {GPU_SEEDS:,} seeds against one"
    if "gpu" not in available():
        return [Row(name, goal=GOALS["GPU"], remark=f"{NOT_MEASURED}: no GPU here")]
    fit_annlab(_config("E4", max_epochs=1, accelerator="gpu"))
    many: list[float] = []
    one: list[float] = []
    for k in range(repeats):
        say(f"{name}, {k + 1} of {repeats}")
        for n, seconds in ((GPU_SEEDS, many), (1, one)):
            config = _config("E4", seed=k, n_seeds=n, accelerator="gpu")
            seconds.append(fit_annlab(config).seconds)
    return [Row(name, many, one, goal=GOALS["GPU"], remark=available()["gpu"])]


def many_samples(repeats: int, say: Say) -> list[Row]:
    """One epoch over 60,000 × 784 random numbers, in the files of Fashion-MNIST."""
    config = _config("E10", max_epochs=1)
    peer = PEERS["scikit-learn"]
    with fashion_mnist():
        fit_annlab(config)
        ours, theirs = [], []
        for k in range(repeats):
            say(f"60,000 × 784, {k + 1} of {repeats}")
            ours.append(fit_annlab(config).seconds)
            theirs.append(peer.fit(config).seconds)
    return [
        Row(
            "60,000 × 784, 64-32, one epoch; scikit-learn",
            ours,
            theirs,
            goal=GOALS["many samples"],
            remark=peer.threads(),
        )
    ]


def evaluation_share(repeats: int, say: Say) -> list[Row]:
    """Additional training time for measuring loss and scores after each epoch."""
    rows = []
    with california_housing():
        for name in ONE_SEED:
            # Training split only; the cost of another split is proportional to its samples.
            config = _with_data(_config(name), test_fraction=0.0)
            rows.append(_evaluation(name, config, repeats * EVALUATION_REPEATS, say))
    with fashion_mnist():
        rows.append(_evaluation("E10, random", _config("E10"), repeats, say))
    return rows


def _evaluation(name: str, config: RunConfig, repeats: int, say: Say) -> Row:
    epochs = config.training.max_epochs
    fit_annlab(config)
    shares, wholes = [], []
    for k in range(repeats):
        say(f"{name}: with and without measuring, {k + 1} of {repeats}")
        # Alternate the order, so that neither always runs on the warmer machine.
        order = (True, False) if k % 2 else (False, True)
        seconds = {measured: _fit(config, measured) / epochs for measured in order}
        wholes.append(seconds[True])
        shares.append(seconds[True] - seconds[False])
    return Row(
        f"{name}: evaluation, of an epoch",
        [1000 * share for share in shares],
        [1000 * whole for whole in wholes],
        "ms",
        goal=GOALS["evaluation"],
        remark="with measure() minus without, by with; without: its first row again and again",
    )


def _fit(config: RunConfig, measured: bool) -> float:
    """Seconds of `train()`; if not `measured`, every row repeats the first."""
    original = StackModule.measure
    first: list[Any] = []

    def once(module: StackModule) -> Any:
        if not first:
            first.append(original(module))
        return first[0]

    with pytest.MonkeyPatch.context() as patch:
        if not measured:
            patch.setattr(StackModule, "measure", once)
        return fit_annlab(config).seconds


def _config(name: str, **training: Any) -> RunConfig:
    """Config of the last model of an experiment, on the CPU, where all peers can train."""
    run = EXPERIMENTS[name].runs[-1]
    own = run.training.model_dump()
    epochs = FEWER_EPOCHS.get(name, own["max_epochs"])
    training = {**own, "n_seeds": 1, "accelerator": "cpu", "max_epochs": epochs, **training}
    return RunConfig(dataset=run.dataset, model=run.model, training=training)


def _warm(say: Say) -> list[str]:
    """Warm up all peers; return the names of those available."""
    say("warming up")
    config = _config("E4", max_epochs=1)
    fit_annlab(config)
    able = []
    for name, peer in PEERS.items():
        if not peer.installed:
            continue
        try:
            peer.fit(config)
        except ImportError as error:
            say(f"{name} is left out: {error}")
            continue
        able.append(name)
    return able


def _why_not(peer: Peer) -> str:
    missing = " or ".join(peer.missing())
    return f"{missing} is not installed" if missing else "installed, but cannot be imported"
