"""Description: a file as a page shows it, with the data set that it would become."""

from collections.abc import Callable

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.describe import Reading, described
from annlab.datasets.own.reading.make_table import make_table, table_of
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.validation import Config


class Description(Config):
    """A file as understood, and the data set that it becomes with these types and roles.

    Attributes
    ----------
    reading : Reading
    own : OwnData or None
        Facts about the data set; None if there can be none.
    problem : str
        Why there can be none, as a sentence for the user; else empty.
    notes : tuple of str
        Sentences about the data set that the reading does not say. They quote cells, which may
        contain anything.
    """

    reading: Reading
    own: OwnData | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()


def description_of(data: bytes, request: FileRequest) -> Description:
    """Describe a file as a request asks.

    Parameters
    ----------
    data : bytes
        Untrusted content of the file.
    request : FileRequest

    Returns
    -------
    Description

    Raises
    ------
    UnreadableFileError
        If the file is too large, damaged or no table.
    """
    reading, source, cells = described(
        data,
        chosen=request.dialect,
        sheet=request.sheet,
        types=dict(request.types),
        roles=dict(request.roles),
    )
    try:
        made = table_of(source, cells, reading.recipe)
    except UnreadableFileError as error:
        return Description(reading=reading, problem=str(error))
    said = {*reading.notes, *(note for column in reading.columns for note in column.notes)}
    notes = tuple(note for note in made.notes if note not in said)
    return Description(reading=reading, own=made.table.own, notes=notes)


def describe_on_worker(
    request: FileRequest,
    report: Callable[[float, bytes], None],
    should_stop: Callable[[], bool],
    file: bytes,
) -> bytes:
    """Compute the kind "file_description": JSON of a `Description`."""
    return description_of(file, request).model_dump_json().encode()


def make_table_on_worker(
    request: TableRequest,
    report: Callable[[float, bytes], None],
    should_stop: Callable[[], bool],
    file: bytes,
) -> bytes:
    """Compute the kind "table": the bytes of a `Table` without a title."""
    return make_table(file, request.recipe).table.to_bytes()
