"""Streamlit server on localhost with all its child processes."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "streamlit_app.py"
BARE_PAGE = Path(__file__).with_name("bare_page.py")
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 10
_POLL_SECONDS = 0.01


class Server:
    """Context manager that runs a Streamlit script.

    Parameters
    ----------
    script : Path
        Script for `streamlit run`.
    database : Path
        Temporary SQLite file for results, so that the user's results are neither read nor
        written.
    shipped_runs : bool
        Whether pages may open with results that come with annlab.
    """

    def __init__(self, script: Path, database: Path, shipped_runs: bool = False) -> None:
        self.script, self.database, self.shipped_runs = script, database, shipped_runs
        self.log = database.with_suffix(".log")
        self.port = _free_port()
        self.started = 0.0  # wall time, like browser and database
        self.answered = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "streamlit", "run", str(self.script)]
        command += ["--server.address", "127.0.0.1", "--server.port", str(self.port)]
        command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
        command += ["--browser.gatherUsageStats", "false"]
        environment = {**os.environ, "ANNLAB_DATABASE_URL": f"sqlite:///{self.database}"}
        environment["ANNLAB_SHIPPED_RUNS"] = str(int(self.shipped_runs))
        # Local workers, whose memory can be measured.
        environment.pop("ANNLAB_SCHEDULER", None)
        # Cache compiled modules, as on any machine.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with self.log.open("ab") as log:
            self.started = time.time()
            self.process = subprocess.Popen(
                command,
                # The app uses its own Streamlit settings, the bare page the defaults.
                cwd=ROOT if self.script == APP else self.database.parent,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def _wait(self) -> None:
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                self.answered = time.time()
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended at once: {self.last_words()}")
            if time.time() - self.started > START_TIMEOUT_SECONDS:
                raise RuntimeError(f"no answer from the server: {self.last_words()}")
            time.sleep(_POLL_SECONDS)

    def last_words(self) -> str:
        """Last lines of the server's output."""
        return " ".join(self.log.read_text(errors="replace")[-300:].split())

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server gracefully, then kill remaining processes."""
        ours: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self.process.pid)
            ours = [server, *server.children(recursive=True)]
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_TIMEOUT_SECONDS)
        for process in ours:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def megabytes(self) -> dict[str, list[float]]:
        """Resident memory of the web process, each worker, and the worker supervisors."""
        web = psutil.Process(self.process.pid)
        found = {"web": [_megabytes(web)]}
        for kind, processes in children(web).items():
            found[kind] = []
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    found[kind].append(_megabytes(process))
        return found


def children(parent: psutil.Process) -> dict[str, list[psutil.Process]]:
    """Child processes by kind: "worker", and the "parent" of several, if there is one."""
    found: dict[str, list[psutil.Process]] = {"worker": [], "parent": []}
    for child in parent.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "annlab.jobs.workers" in child.cmdline():
                found["parent" if child.children() else "worker"].append(child)
    return found


def _megabytes(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
