"""Computations on own data for tests: reading a file of numbers, and using a table."""

import numpy as np

from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.jobs.kinds import Kind
from annlab.validation import Config
from tests.jobs.counting import Report, ShouldStop
from tests.store.own import make_table


class SumRequest(Config):
    """Sum of the numbers of a table."""

    own: OwnData
    power: int = 1


def describe(request: FileRequest, report: Report, should_stop: ShouldStop, file: bytes) -> bytes:
    """Return the first line."""
    return file.partition(b"\n")[0]


def make(request: TableRequest, report: Report, should_stop: ShouldStop, file: bytes) -> bytes:
    """Return a table that depends on the file alone."""
    return make_table(len(file), file=file).to_bytes()


def total(request: SumRequest, report: Report, should_stop: ShouldStop) -> bytes:
    """Return the sum over all cells, which only a process with the table knows."""
    return repr(float(np.sum(tables.find(request.own).X) * request.power)).encode()


KINDS_OF_READING = {
    "file_description": Kind(
        "The description",
        FileRequest,
        "tests.jobs.reading:describe",
        reads_file=True,
        is_stored=False,
    ),
    "table": Kind(
        "The table", TableRequest, "tests.jobs.reading:make", reads_file=True, is_stored=False
    ),
    "total": Kind("The sum", SumRequest, "tests.jobs.reading:total"),
}
