"""Bytes of an uploaded file: size limits, unpacking, and files that are no tables."""

import io
import zipfile
import zlib

MAX_FILE_BYTES = 20_000_000
# A workbook of one million cells has about 45 MB of XML.
_MAX_WORKBOOK_BYTES = 100_000_000
_WORKBOOK = "xl/workbook.xml"

# First bytes of files that people take for tables, and what to do about each.
_NO_TABLES = (
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file (.xls). Save it as .xlsx or as CSV."),
    (b"%PDF", "This is a PDF file. Save the table in it as CSV."),
    (b"PAR1", "This is a Parquet file. Save it as CSV."),
    (b"\x89PNG", "This is an image. Load a table, such as a CSV file."),
    (b"\xff\xd8\xff", "This is an image. Load a table, such as a CSV file."),
    (b"<!DOCTYPE html", "This is a web page. Download the table itself, as CSV."),
    (b"<!doctype html", "This is a web page. Download the table itself, as CSV."),
    (b"<html", "This is a web page. Download the table itself, as CSV."),
    (b'{"', "This is a JSON file. Save the table in it as CSV."),
    (b"[{", "This is a JSON file. Save the table in it as CSV."),
    (b"{\\rtf", "This is a text document. Save the table in it as CSV."),
)


class UnreadableFileError(ValueError):
    """A file cannot be read as a table. The message is a sentence for the user."""


def unpack(data: bytes) -> bytes:
    """Return the text or the workbook that a file contains.

    Parameters
    ----------
    data : bytes
        An uploaded file, which may be compressed by gzip; untrusted input.

    Returns
    -------
    bytes

    Raises
    ------
    UnreadableFileError
        If the file is empty, too large, damaged or of another kind.
    """
    check_size(len(data))
    if data.startswith(b"\x1f\x8b"):
        data = _gunzip(data)
    for start, sentence in _NO_TABLES:
        if data.startswith(start):
            raise UnreadableFileError(sentence)
    if is_workbook(data):
        _check_workbook(data)
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError("This file is empty.")
    return data


def is_workbook(data: bytes) -> bool:
    """Whether unpacked bytes are a ZIP archive, the container of a workbook."""
    return data.startswith(b"PK\x03\x04")


def check_size(n_bytes: int) -> None:
    """Raise an UnreadableFileError if a file is too large, compressed or not."""
    if n_bytes > MAX_FILE_BYTES:
        raise UnreadableFileError(
            f"This file has {_megabytes(n_bytes)}; the limit is {_megabytes(MAX_FILE_BYTES)}."
        )


def _megabytes(n_bytes: int) -> str:
    # Rounded up, so that a file above the limit never reads as one of exactly the limit.
    return f"{-(-n_bytes // 1_000_000):,} MB"


def _gunzip(data: bytes) -> bytes:
    parts: list[bytes] = []
    n_bytes = 0
    # A file may consist of several compressed parts; padding may follow the last.
    while data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            # One byte above the limit proves the excess, however much the file would unpack to.
            part = unpacker.decompress(data, MAX_FILE_BYTES - n_bytes + 1)
        except zlib.error as error:
            raise UnreadableFileError("This compressed file is damaged.") from error
        n_bytes += len(part)
        parts.append(part)
        if n_bytes > MAX_FILE_BYTES:
            limit = _megabytes(MAX_FILE_BYTES)
            raise UnreadableFileError(f"Unpacked, this file has more than {limit}, the limit.")
        if not unpacker.eof:
            raise UnreadableFileError("This compressed file was cut off.")
        data = unpacker.unused_data
    return b"".join(parts)


def _check_workbook(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableFileError("This workbook is damaged or was cut off.") from error
    if _WORKBOOK not in {entry.filename for entry in entries}:
        raise UnreadableFileError(
            "This archive holds no Excel workbook. Unpack it and load a CSV or .xlsx file."
        )
    # Reading an entry stops at its declared size, so the declared sizes limit memory.
    n_bytes = sum(entry.file_size for entry in entries)
    if n_bytes > _MAX_WORKBOOK_BYTES:
        raise UnreadableFileError(
            f"Unpacked, this workbook has {_megabytes(n_bytes)}; "
            f"the limit is {_megabytes(_MAX_WORKBOOK_BYTES)}."
        )
