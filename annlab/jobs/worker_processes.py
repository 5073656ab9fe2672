"""Worker processes of this machine: started, kept alive, ended with the server."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

# A worker trains one run at a time; a second thread makes data sets meanwhile.
TRAINING = {"training": 1}
N_THREADS = 2
# A busy or small host may need this long to import torch.
START_SECONDS = 120
_WATCH_SECONDS = 1.0
# For the workers to end by themselves.
_END_SECONDS = 5.0
# Pages come first: workers take what processor time these leave.
_NICENESS = 10
_LONGEST_PAUSE_SECONDS = 60.0
# After so many deaths in a row without a worker that has connected, people are told.
DEATHS_UNTIL_ERROR = 3


def pause_after(n_failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4 … 60."""
    return min(_LONGEST_PAUSE_SECONDS, 2.0 ** (n_failures - 1))


def worker_command(address: str, n_workers: int, key: str) -> list[str]:
    """Command line that starts the workers of a scheduler, which is reached with a key file."""
    return [
        *(sys.executable, "-m", "dask", "worker", address),
        *("--nworkers", str(n_workers), "--nthreads", str(N_THREADS)),
        *("--resources", " ".join(f"{name}={n}" for name, n in TRAINING.items())),
        *("--preload", "annlab.jobs.worker"),
        *("--tls-ca-file", key, "--tls-cert", key, "--tls-key", key),
        # Whoever reaches a worker can have it run anything: this machine only.
        *("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"),
        *("--death-timeout", str(START_SECONDS)),
    ]


class WorkerProcesses:
    """Starts worker processes, and starts them again when they die.

    Parameters
    ----------
    command : sequence of str
        What is run; it ends when its workers do.
    connected : callable
        Whether a worker has reached its scheduler.

    Attributes
    ----------
    error : str
        Why there are no workers, in a sentence for people; empty while they live, or have not
        died several times in a row.
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
        """Process id of the parent of all workers, while there is one."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the processes; returns before they are ready."""
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
        """Start the processes and wait for their end; whether a worker had connected."""
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        # A session of their own: Ctrl+C in the terminal is for the server, which ends them.
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, "PYTHONPATH": path, "DASK_LOGGING__DISTRIBUTED": "error"},
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
        """End the processes; they get some seconds to end by themselves."""
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join()  # it starts nothing any more
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(self._process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):  # not on Windows
        # Its whole session: a worker by itself would live on for a while.
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
