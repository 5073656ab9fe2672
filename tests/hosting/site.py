"""The site of ``deploy/compose.yaml`` as processes of this machine, without Docker.

Two web processes behind nginx, PostgreSQL, a Dask scheduler, and two workers at a lower priority.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.deploy.nginx import command, render
from tests.postgresql import PostgreSQL, postgresql
from tests.started import environment, free_port

ROOT = Path(__file__).resolve().parents[2]
# Cores are shared by all processes of the site.
START_SECONDS = 120
N_WORKERS = 2
PATH = "/annlab"
_NICENESS = 10


@dataclass
class Part:
    """One process of the site, with its children.

    Attributes
    ----------
    name : str
        Name of the part, and of its log.
    command : sequence of str
        Command line.
    folder : Path
        Current folder, with the log.
    variables : mapping of str to str
        Environment.
    answers : callable
        Whether the part works.
    """

    name: str
    command: Sequence[str]
    folder: Path
    variables: Mapping[str, str]
    answers: Callable[[], bool]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """Output of all its starts."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start the process, without waiting for it."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.variables),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until the part answers."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    @property
    def runs(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill the process and all that it has started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def processes(self) -> list[psutil.Process]:
        """The process and its children."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]


@dataclass(frozen=True)
class Site:
    """A site that answers.

    Attributes
    ----------
    url : str
        Its address behind nginx, without a slash at the end.
    web_urls : tuple of str
        Addresses of the web processes themselves.
    scheduler : str
        Address of the Dask scheduler.
    database : PostgreSQL
        Server of the store.
    parts : dict of Part
        The other processes, by name.
    """

    url: str
    web_urls: tuple[str, ...]
    scheduler: str
    database: PostgreSQL
    parts: dict[str, Part]


@contextmanager
def site(folder: Path, web: Sequence[str] | None = None) -> Iterator[Site]:
    """Run the site until the end of the block.

    Parameters
    ----------
    folder : Path
        Place of logs and temporary files.
    web : sequence of str, optional
        Command of a web process, without port and path; by default that of annlab, with all that
        belongs to it. Other pages need no database, scheduler and workers.
    """
    with ExitStack() as stack:
        database = stack.enter_context(postgresql())
        scheduler_port = free_port()
        scheduler = f"tcp://127.0.0.1:{scheduler_port}"
        variables = environment(
            ROOT,
            folder,
            ANNLAB_DATABASE_URL=database.url,
            ANNLAB_SCHEDULER=scheduler,
            STREAMLIT_BROWSER_GATHER_USAGE_STATS="false",
        )
        dask = [sys.executable, "-m", "dask"]
        ports = [free_port(), free_port()]
        web_urls = tuple(f"http://127.0.0.1:{port}{PATH}" for port in ports)
        parts = [
            Part(
                f"web-{k}",
                [
                    *(web or [sys.executable, "-m", "annlab"]),
                    *("--server.port", str(port), "--server.address", "127.0.0.1"),
                    *("--server.baseUrlPath", PATH, "--server.headless", "true"),
                    *("--server.fileWatcherType", "none"),
                ],
                folder,
                variables,
                _answers(url),
            )
            for k, (port, url) in enumerate(zip(ports, web_urls, strict=True), 1)
        ]
        if web is None:
            parts = [
                Part(
                    "scheduler",
                    [
                        *(*dask, "scheduler", "--host", "127.0.0.1"),
                        *("--port", str(scheduler_port), "--no-dashboard"),
                    ],
                    folder,
                    variables,
                    lambda: _listens(scheduler_port),
                ),
                Part(
                    "workers",
                    [
                        *("nice", "-n", str(_NICENESS), sys.executable, "-m"),
                        *("annlab.jobs.workers", scheduler, str(N_WORKERS)),
                    ],
                    folder,
                    variables,
                    lambda: True,
                ),
                *parts,
            ]
        https = free_port()
        config = render(folder, ports, free_port(), https)
        url = f"https://127.0.0.1:{https}{PATH}"
        parts.append(Part("nginx", command(config), folder, variables, lambda: _listens(https)))
        for part in parts:
            stack.callback(part.kill)
            part.start()
        for part in parts:
            part.wait()
        yield Site(url, web_urls, scheduler, database, {part.name: part for part in parts})


def _answers(url: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return answers


def _listens(port: int) -> bool:
    return any(
        c.laddr.port == port and c.status == psutil.CONN_LISTEN
        for c in psutil.net_connections("tcp4")
    )
