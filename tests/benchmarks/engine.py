"""`train()` against others, and many seeds against one."""

import gzip
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from annlab import RunConfig, load_dataset
from annlab.experiments import EXPERIMENTS
from tests.benchmarks.peers import PEERS, Peer, Result, fit_annlab
from tests.benchmarks.table import Goal, Row

PACKAGES = (
    "torch",
    "pytorch-lightning",
    "scikit-learn",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "numpy",
)
NAMES = ("E4", "E6", "E9")
SEEDS = (1, 10, 20, 50)
# Two threads on a machine that others use too can wait for each other for minutes; a peer
# that took longer than this is not asked again.
PATIENCE_SECONDS = 30
GOALS = {"scikit-learn": Goal(1.0, "≤ 1 × scikit-learn")}
SEED_GOALS = {20: Goal(2.5, "≤ 2.5 × one seed")}

Say = Callable[[str], None]


def against_peers(repeats: int, say: Say) -> list[Row]:
    """One network by `train()` and by each peer in turn, again and again."""
    installed = _warm(say)
    rows = []
    for name in NAMES:
        ours: dict[str, list[Result]] = {peer: [] for peer in installed}
        theirs: dict[str, list[Result]] = {peer: [] for peer in installed}
        for k in range(repeats):
            say(f"{name}: one network by everybody, {k + 1} of {repeats}")
            config = _config(name, seed=k)
            for peer in installed:
                if any(result.seconds > PATIENCE_SECONDS for result in theirs[peer]):
                    continue
                # Ours anew beside each peer, so that every ratio is of two neighbours in time.
                ours[peer].append(fit_annlab(config))
                theirs[peer].append(PEERS[peer].fit(config))
        rows += [_row(name, peer, ours[peer], theirs[peer]) for peer in installed]
    missing = [name for name in PEERS if name not in installed]
    return rows + [Row(name, remark=f"{name}: {_why_not(PEERS[name])}") for name in missing]


def _row(name: str, peer: str, ours: list[Result], theirs: list[Result]) -> Row:
    accuracies = " / ".join(f"{median(r.accuracy for r in rs):.3f}" for rs in (ours, theirs))
    return Row(
        f"{name}, {peer}",
        [result.seconds for result in ours],
        [result.seconds for result in theirs],
        goal=GOALS.get(peer),
        remark=f"accuracy {accuracies}; {PEERS[peer].threads()}; repeats: {len(theirs)}",
    )


def many_seeds(repeats: int, say: Say) -> list[Row]:
    """The seconds of 10, 20 and 50 networks at once, by those of one."""
    fit_annlab(_config("E4", max_epochs=1))
    rows = []
    for name in NAMES:
        seconds: dict[int, list[float]] = {n: [] for n in SEEDS}
        for k in range(repeats):
            say(f"{name}: {', '.join(map(str, SEEDS))} seeds, {k + 1} of {repeats}")
            for n in SEEDS:
                seconds[n].append(fit_annlab(_config(name, seed=k, n_seeds=n)).seconds)
        rows += [
            Row(
                f"{name}, {n} {'seed' if n == 1 else 'seeds'}",
                seconds[n],
                seconds[1],
                goal=SEED_GOALS.get(n),
                remark="" if n > 1 else "what the others are measured by",
            )
            for n in SEEDS
        ]
    return rows


def many_samples(repeats: int, say: Say) -> list[Row]:
    """One epoch over 60,000 × 784 random numbers, in the files of Fashion-MNIST."""
    config = _config("E10", max_epochs=1)
    peer = PEERS["scikit-learn"]
    with tempfile.TemporaryDirectory(prefix="annlab-") as folder:
        _write_random_images(Path(folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ANNLAB_DATA_DIR", folder)
            fit_annlab(config)
            ours, theirs = [], []
            for k in range(repeats):
                say(f"60,000 × 784, {k + 1} of {repeats}")
                ours.append(fit_annlab(config).seconds)
                theirs.append(peer.fit(config).seconds)
    load_dataset.cache_clear()
    return [
        Row(
            "60,000 × 784, 64-32, one epoch; scikit-learn",
            ours,
            theirs,
            goal=Goal(1.2, "≤ 1.2 × scikit-learn"),
            remark=peer.threads(),
        )
    ]


def _write_random_images(folder: Path) -> None:
    random = np.random.default_rng(0)
    for part, n in (("train", 60_000), ("t10k", 10_000)):
        for kind, shape, high in (("images-idx3", (n, 28, 28), 256), ("labels-idx1", (n,), 10)):
            header = struct.pack(f">I{len(shape)}I", 0x800 + len(shape), *shape)
            numbers = random.integers(0, high, shape, dtype=np.uint8).tobytes()
            packed = gzip.compress(header + numbers, compresslevel=1)
            (folder / f"{part}-{kind}-ubyte.gz").write_bytes(packed)


def _config(name: str, **training: Any) -> RunConfig:
    """The MLP of an experiment, on the processor: the one place where all peers can train."""
    run = EXPERIMENTS[name].runs[-1]
    training = {**run.training.model_dump(), "n_seeds": 1, "accelerator": "cpu", **training}
    return RunConfig(dataset=run.dataset, model=run.model, training=training)


def _warm(say: Say) -> list[str]:
    """Let everybody import and start up; those who can, by name."""
    say("warming up")
    config = _config("E4", max_epochs=1)
    fit_annlab(config)
    able = []
    for name, peer in PEERS.items():
        if not peer.installed:
            continue
        try:
            peer.fit(config)
        except ImportError as error:  # Keras without a backend
            say(f"{name} is left out: {error}")
            continue
        able.append(name)
    return able


def _why_not(peer: Peer) -> str:
    return "installed, but cannot be imported" if peer.installed else "not installed"
