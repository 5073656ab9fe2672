"""Supervision of local worker processes: start, restart, shutdown."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

# A worker trains one run at a time. Two further threads compute meanwhile, so that a long
# computation does not hold up a short one; the last builds data sets.
TRAINING = {"training": 1}
COMPUTATION = {"computation": 1}
COMPUTATIONS_PER_WORKER = 2
RESOURCES = {**TRAINING, "computation": COMPUTATIONS_PER_WORKER}
N_THREADS = sum(RESOURCES.values()) + 1
# Seconds that a busy or small host may need to import torch.
START_SECONDS = 120
_WATCH_SECONDS = 1.0
# Seconds for the workers to exit by themselves.
_END_SECONDS = 5.0
# Niceness of the workers, so that pages get processor time first.
_NICENESS = 10
_LONGEST_PAUSE_SECONDS = 60.0
# Variables of libraries whose threads would slow each other down in small products.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_OF_THE_SERVER = {"ANNLAB_DATABASE_URL", "ANNLAB_TEACHER_KEY"}
# Number of consecutive deaths without a connected worker before the user gets a message.
DEATHS_UNTIL_ERROR = 3


def pause_after(n_failures: int) -> float:
    """Seconds to wait after `n_failures` consecutive failures: 1, 2, 4 … 60."""
    return min(_LONGEST_PAUSE_SECONDS, 2.0 ** min(n_failures - 1, 10))  # no overflow after days


def worker_command(address: str, n_workers: int, key: str) -> list[str]:
    """Command line that starts workers for a scheduler, with a TLS key file."""
    if sys.platform == "linux":  # Windows cannot fork, and macOS's own libraries break
        return [sys.executable, "-m", "annlab.jobs.workers", address, str(n_workers), key]
    return [
        *(sys.executable, "-m", "dask", "worker", address),
        *("--nworkers", str(n_workers), "--nthreads", str(N_THREADS)),
        *("--resources", " ".join(f"{name}={n}" for name, n in RESOURCES.items())),
        *("--preload", "annlab.jobs.worker"),
        *("--tls-ca-file", key, "--tls-cert", key, "--tls-key", key),
        # Local connections only, because a connected client can run arbitrary code.
        *("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"),
        *("--death-timeout", str(START_SECONDS)),
    ]


class WorkerProcesses:
    """Starts worker processes and restarts them when they die.

    Parameters
    ----------
    command : sequence of str
        Command line; the process exits when its workers do.
    connected : callable
        Returns whether a worker has connected to the scheduler.

    Attributes
    ----------
    error : str
        Error message for the user after several consecutive deaths, else empty.
    """

    def __init__(self, command: Sequence[str], connected: Callable[[], bool]) -> None:
        self.error = ""
        self._command = command
        self._connected = connected
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, name="annlab-workers", daemon=True)

    @property
    def pid(self) -> int | None:
        """Process id of the parent of all workers, or None."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the processes without waiting until they are ready."""
        self._keeper.start()

    def _keep_alive(self) -> None:
        n_deaths = 0
        while not self._closing.is_set():
            try:
                if self._watch_one():
                    n_deaths = 0
            except OSError:
                log.exception("The worker processes could not be started")
            if self._closing.is_set():
                return
            n_deaths += 1
            pause = pause_after(n_deaths)
            log.warning("The worker processes are gone; starting new ones in %.0f s", pause)
            if n_deaths >= DEATHS_UNTIL_ERROR:
                self.error = (
                    f"The training workers ended {n_deaths} times in a row before they were "
                    "ready. The server's log says why. The server keeps trying to start them."
                )
            self._closing.wait(pause)

    def _watch_one(self) -> bool:
        """Start the processes, wait for their end, and return whether a worker had connected."""
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        # Workers need no secrets.
        ours = {name: value for name, value in os.environ.items() if name not in _OF_THE_SERVER}
        self._process = subprocess.Popen(
            self._command,
            env={
                **ours,
                "PYTHONPATH": path,
                "DASK_LOGGING__DISTRIBUTED": "error",
            },
            # So Ctrl+C in the terminal reaches only the server.
            start_new_session=True,
        )
        if hasattr(os, "setpriority"):  # not on Windows
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICENESS)
        connected = False
        while self._process.poll() is None and not self._closing.wait(_WATCH_SECONDS):
            if not connected and self._connected():
                connected, self.error = True, ""
        return connected

    def close(self) -> None:
        """Stop the processes, killing them if they do not exit within some seconds."""
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join()  # after this, no process is restarted
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(self._process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):  # not on Windows
        # Kill the whole session, because workers would survive their parent for a while.
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
