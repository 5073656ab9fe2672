"""Memory of the web process while ten tabs bring a file of 20 MB each.

Run it with ``python -m tests.benchmarks.uploads``; it takes about a minute.
"""

import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import sync_playwright

from annlab.datasets.own.reading.opening import MAX_FILE_BYTES
from tests.benchmarks.browser import ARGUMENTS
from tests.benchmarks.server import ROOT, Server
from tests.chromium import executable

N_TABS = 10
# Megabytes: in all, and above what the process has after the first file.
MOST, MOST_GROWTH = 300, 120
_TIMEOUT_MS = 300_000
_SAMPLE_SECONDS = 0.02
_PAGE = Path(__file__).with_name("upload_page.py")


class _Watch:
    """Largest resident memory of a process, in megabytes."""

    def __init__(self, pid: int) -> None:
        self._process, self.peak, self._ended = psutil.Process(pid), 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    @property
    def now(self) -> float:
        """Resident memory now."""
        return self._process.memory_info().rss / 1e6

    def _look(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, self.now)

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()


def measure(folder: Path) -> tuple[list[float], list[float]]:
    """Upload one file after the other, each in a browser of its own that stays open.

    Returns
    -------
    rests, peaks : list of float
        Resident megabytes of the web process after each file, and at most meanwhile.
    """
    rests, peaks = [], []
    random = np.random.default_rng(0)
    with Server(_PAGE, folder / "runs.sqlite") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(as_people_have_it=True), args=ARGUMENTS
        )
        watch = _Watch(server.process.pid)
        try:
            for k in range(N_TABS):
                path = folder / f"{k}.csv"
                path.write_bytes(b"first\n" + random.bytes(MAX_FILE_BYTES - 100))
                page = browser.new_context().new_page()
                page.goto(server.url)
                watch.peak = 0.0
                page.set_input_files("input[type=file]", path, timeout=_TIMEOUT_MS)
                page.get_by_text("Read: first").wait_for(timeout=_TIMEOUT_MS)
                rests.append(watch.now)
                peaks.append(watch.peak)
        finally:
            watch.close()
            browser.close()
    return rests, peaks


def main() -> None:
    """Print the memory and whether it is within the limits."""
    os.environ["PYTHONPATH"] = str(ROOT)  # for the page, whose folder is not the root
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="annlab-") as folder:
        rests, peaks = measure(Path(folder))
    most, growth = max(peaks), max(peaks) - rests[0]
    print("MB after each file: ", *(round(rest) for rest in rests))
    print("MB at most meanwhile:", *(round(peak) for peak in peaks))
    fits = most <= MOST and growth <= MOST_GROWTH
    print(
        f"{most:.0f} of {MOST} MB, growth {growth:.0f} of {MOST_GROWTH} MB: "
        f"{'ok' if fits else 'MISSED'} ({time.monotonic() - started:.0f} s)"
    )
    raise SystemExit(not fits)


if __name__ == "__main__":
    main()
