"""Format of the log lines."""

import logging
import os
import re
import subprocess
import sys

import pytest

from annlab.host.log import LOGGER, set_up_log

_WRITE = """
import logging
from annlab.host.log import set_up_log

set_up_log()
set_up_log()
log = logging.getLogger("annlab.jobs.queue")
log.debug("Not shown")
log.info("Training %d started", 3)
for error in (KeyError("Anna"), FileNotFoundError(2, "No such file", "anna.csv")):
    try:
        raise error
    except LookupError:
        log.exception("Training failed")
    except OSError:
        log.warning("No workers", exc_info=True)
logging.getLogger("distributed").warning("A line of Dask")
"""


def test_lines_have_time_and_level_and_no_text_of_errors() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WRITE],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"
    assert re.fullmatch(
        rf"{time} INFO Training 3 started\n"
        rf"{time} ERROR Training failed\n  File .*\n(?:    .*\n)*KeyError\n"
        rf"{time} WARNING No workers\n  File .*\n(?:    .*\n)*FileNotFoundError 2\n"
        r"A line of Dask\n",
        done.stderr,
    )


def test_a_host_that_configures_logging_keeps_its_handlers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_up_log.cache_clear()
    set_up_log()
    assert logging.getLogger(LOGGER).handlers == []
    logging.getLogger("annlab.jobs").info("Seen once")
    assert [record.getMessage() for record in caplog.records] == ["Seen once"]
