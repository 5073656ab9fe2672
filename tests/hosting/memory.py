"""The largest runs that a small host accepts: ``python -m tests.hosting.memory``; needs root.

In a control group with 1,000 MB, with one worker and with none, each kind of run that takes much
memory is trained as large as `annlab.runs.budget` allows. The web process must live.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.jobs.cluster import Cluster
from annlab.jobs.worker_processes import START_SECONDS
from annlab.runs.budget import check_budget
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.ui.services import Services, serve

LIMIT_BYTES = 1_000_000_000
_GROUPS = Path("/sys/fs/cgroup")
_NAME = "annlab-tests"
_LONGEST_SECONDS = 90.0


def _moons(n_samples: int, resample: str = "none") -> DatasetConfig:
    return DatasetConfig(name="moons", n_samples=n_samples, test_fraction=0.2, resample=resample)


def _run(
    data: DatasetConfig, hidden: tuple[int, ...], dropout: float = 0, **training: int
) -> RunConfig:
    return RunConfig(
        dataset=data,
        model=ModelConfig(hidden_sizes=hidden, dropout=dropout),
        training=TrainingConfig(**training),
    )


KINDS: dict[str, Callable[[int], RunConfig]] = {
    "networks in one large batch": lambda n: _run(
        _moons(20_000), (64, 64), n_seeds=n, batch_size=100_000, max_epochs=3
    ),
    "networks with dropout": lambda n: _run(
        _moons(10_000), (64, 64), 0.2, n_seeds=n, batch_size=1000, max_epochs=2
    ),
    "units": lambda n: _run(_moons(500), (n,), n_seeds=20, batch_size=400, max_epochs=10),
    "epochs of 1,000 networks": lambda n: _run(
        _moons(100), (2,), n_seeds=1000, batch_size=100, max_epochs=n
    ),
    "samples of each of 1,000 networks": lambda n: _run(
        _moons(n, "sample"), (8,), n_seeds=1000, batch_size=1000, max_epochs=2
    ),
}


def _largest(kind: Callable[[int], RunConfig], cluster: Cluster) -> tuple[int, RunConfig]:
    """The largest number of something that is accepted, and its run."""
    accepted, refused = 0, 200_000
    while refused - accepted > 1:
        middle = (accepted + refused) // 2
        try:
            check_budget(kind(middle), cluster.limits)
        except ValueError:
            refused = middle
        else:
            accepted = middle
    return accepted, kind(accepted)


def _train(server: Services, name: str) -> str:
    n, config = _largest(KINDS[name], server.cluster)
    estimate = server.cluster.seconds_of(config)
    start = time.monotonic()
    (job,) = server.queue.submit([config], name)
    server.queue.wait_for_end(name, _LONGEST_SECONDS)
    if not job.done:
        server.queue.stop(name)
        server.queue.wait_for_end(name, START_SECONDS)
    seconds = time.monotonic() - start
    told = f"{n:,} {name}: {job.state.value} after {seconds:.0f} s (estimated: {estimate:.0f} s)"
    return f"{told} {server.queue.failure(config)}".rstrip()


def _inside(group: Path, n_workers: int) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))
    with tempfile.TemporaryDirectory() as folder:
        repository = RunRepository(RunStore(f"sqlite:///{Path(folder) / 'runs.sqlite'}"))
        with closing(serve(repository, Cluster(n_workers=n_workers, scheduler=""))) as server:
            server.cluster.start()
            if not server.cluster.wait_until_ready(START_SECONDS):
                raise RuntimeError(server.cluster.start_error)
            for name in KINDS:
                print(_train(server, name), flush=True)


def _make_group() -> Path:
    """Make a control group of version 1 or 2, whichever this machine has."""
    first = (_GROUPS / "memory").is_dir()
    group = (_GROUPS / "memory" if first else _GROUPS) / _NAME
    group.mkdir(exist_ok=True)
    limit = "memory.limit_in_bytes" if first else "memory.max"
    (group / limit).write_text(str(LIMIT_BYTES))
    return group


def main() -> None:
    """Try both modes, each in processes of its own."""
    if len(sys.argv) > 1:
        _inside(Path(sys.argv[1]), int(sys.argv[2]))
        return
    for n_workers in (1, 0):
        print(f"{n_workers} workers, {LIMIT_BYTES / 1e6:.0f} MB:", flush=True)
        group = _make_group()
        command = [sys.executable, "-W", "ignore", "-m", "tests.hosting.memory"]
        done = subprocess.run(
            [*command, str(group), str(n_workers)],
            env={**os.environ, "ANNLAB_WORKERS": str(n_workers)},
            check=False,
        )
        print("The server lived." if done.returncode == 0 else f"Exit code {done.returncode}.")
        group.rmdir()


if __name__ == "__main__":
    main()
