"""Workers that share what they import: one process imports it, and forks the workers. Linux only.

    python -m annlab.jobs.workers ADDRESS N_WORKERS [KEY]

connects `N_WORKERS` to the scheduler at ``ADDRESS``. ``KEY`` is the file of the TLS key of a local
cluster. Without it, workers of an external cluster start, with the TLS of Dask's own settings.

A worker that is killed is forked again. If one ends in another way, as it does when its scheduler
is gone, all end.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from annlab.jobs.worker_processes import (
    N_THREADS,
    ONE_THREAD,
    RESOURCES,
    START_SECONDS,
    pause_after,
)

log = logging.getLogger(__name__)

_MODULE = "annlab.jobs.worker"
# Workers that are killed so soon after their forks are forked again after longer and longer pauses.
_SOON_SECONDS = 10.0
_STOPS = (signal.SIGTERM, signal.SIGINT)
# Where memory is short, Linux ends a worker before the web process.
_OOM_SCORE, _ENDED_FIRST = Path("/proc/self/oom_score_adj"), "500"


def main(address: str, n_workers: int, key: str = "") -> None:
    """Import what workers need, fork them, and keep as many until one ends by itself."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    os.environ["ANNLAB_WORKERS"] = str(n_workers)  # they share the memory of this host
    _import_all()
    if n_workers == 1:  # nothing to share
        _work(address, key)
    pids: dict[int, float] = {}  # with the time of the fork
    for number in _STOPS:
        signal.signal(number, lambda *_: _end(pids, 0))
    # Nobody writes into this pipe, so a read from it ends when this process does.
    parent, ours = os.pipe()
    n_soon = 0
    while True:
        while len(pids) < n_workers:
            pid = os.fork()
            if pid == 0:
                os.close(ours)
                threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
                _work(address, key)
            pids[pid] = time.monotonic()
        pid, status = os.wait()
        lived = time.monotonic() - pids.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code >= 0:
            _end(pids, code)
        n_soon = n_soon + 1 if lived < _SOON_SECONDS else 1
        log.warning("A worker was killed by signal %d after %.0f s", -code, lived)
        time.sleep(pause_after(n_soon))


def _import_all() -> None:
    """Import what the first training needs, but start no thread: a fork would lose it."""
    # scikit-learn imports pandas where it can, for data frames; without, a worker takes 30 MB less.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    import_module("sklearn.datasets")
    del sys.modules["pandas"]
    for name in ("distributed.worker", _MODULE, "annlab.training"):
        import_module(name)
    # A collection would write into each object, and so copy its page into each worker.
    gc.freeze()


def _end(pids: Collection[int], code: int) -> NoReturn:
    with suppress(ProcessLookupError, ChildProcessError):
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        for _ in pids:
            os.wait()
    sys.exit(code)


def _end_with(parent: int) -> None:
    os.read(parent, 1)
    os._exit(1)


def _work(address: str, key: str) -> NoReturn:
    """Work until the scheduler is gone, or until SIGTERM."""
    for number in _STOPS:
        signal.signal(number, signal.SIG_DFL)
    with suppress(OSError):
        _OOM_SCORE.write_text(_ENDED_FIRST)
    code = 0
    try:
        asyncio.run(_serve(address, **(_local(key) if key else {"nthreads": 1})))
    except Exception:
        log.exception("A worker cannot go on")
        code = 1
    os._exit(code)  # without what the parent would do at its end


def _local(key: str) -> dict[str, Any]:
    from distributed.security import Security

    return {
        "nthreads": N_THREADS,
        "resources": RESOURCES,
        "security": Security(
            require_encryption=True, tls_ca_file=key, tls_worker_key=key, tls_worker_cert=key
        ),
        # Local connections only, because a connected client can run arbitrary code.
        "host": "127.0.0.1",
        "dashboard_address": "127.0.0.1:0",
    }


async def _serve(address: str, **facts: Any) -> None:
    from distributed import Worker

    worker = await Worker(
        address, preload=[_MODULE], death_timeout=START_SECONDS, dashboard=False, **facts
    )
    ends = asyncio.get_running_loop().create_task(worker.finished())
    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, ends.cancel)
    with suppress(asyncio.CancelledError):
        await ends
    await worker.close(executor_wait=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
