"""A Dask cluster of its own, as several servers share it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distributed import Client, Worker

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def external_cluster(
    port: int,
    n_threads: int = 2,
    has_annlab: bool = True,
    protocol: str = "tcp",
    variables: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run a scheduler, and a worker with some threads, until the end of the block."""
    command = [sys.executable, "-m", "dask"]
    address = f"{protocol}://127.0.0.1:{port}"
    scheduler = [*command, "scheduler", "--host", "127.0.0.1", "--port", str(port)]
    scheduler += ["--protocol", protocol]
    # They end by themselves if the tests are killed, and take no core from what is tested next.
    scheduler += ["--idle-timeout", "300s"]
    worker = [*command, "worker", address, "--host", "127.0.0.1", "--nthreads", str(n_threads)]
    worker += ["--death-timeout", "60s"]
    environment = {**os.environ, "PYTHONPATH": "", **(variables or {})}
    if has_annlab:
        worker += ["--preload", "annlab.jobs.worker"]
        environment["PYTHONPATH"] = str(ROOT)
    processes = [
        subprocess.Popen(
            [*start, "--no-dashboard"],
            cwd="/",  # the current folder is looked in for packages, too
            env=environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for start in (scheduler, worker)
    ]
    try:
        yield
    finally:
        for process in reversed(processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def n_trained(client: Client) -> int:
    """Number of trainings that the workers of a cluster have begun since their start."""

    # Nested, so that it is sent by value.
    def started(dask_worker: Worker) -> int:
        lines = [line for line in dask_worker.state.log if line[0].startswith("train_run")]
        return sum(line[2] == "executing" for line in lines)

    return sum(client.run(started).values())
