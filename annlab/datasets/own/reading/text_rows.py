"""Rows of a text file: encodings, and lines split into cells."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain

from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.recipe import Encoding

_SAMPLE_BYTES = 4_096
_CHUNK_BYTES = 1_000_000
# A line of its own after the last one: inside a cell, it proves that a quotation mark is open.
_END = "\x1fend of file"


class OpenQuoteError(ValueError):
    """A quotation mark is never closed.

    Attributes
    ----------
    row : int
        Number of the row in which it stands.
    """

    def __init__(self, row: int) -> None:
        super().__init__(f"A quotation mark in row {row} is never closed.")
        self.row = row


def guess_encoding(data: bytes) -> Encoding:
    """Encoding of a text: by its byte order mark, else UTF-8 if valid, UTF-16, Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if _zeros(data, 0) != _zeros(data, 1):
        return "utf-16"
    # Not decoded at once: a text with one emoji takes four bytes per character.
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            decoder.decode(data[start : start + _CHUNK_BYTES])
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _zeros(data: bytes, start: int) -> bool:
    """Whether many of the even (0) or odd (1) bytes are zeros, as in UTF-16 without a mark."""
    sample = data[start:_SAMPLE_BYTES:2]
    return sample.count(0) > len(sample) / 3


def codec_of(data: bytes, encoding: Encoding) -> str:
    """Name of Python's codec for a text, by its byte order mark or its zeros for UTF-16."""
    if encoding != "utf-16":
        return {"utf-8": "utf-8-sig", "cp1252": "cp1252"}[encoding]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-16-be" if _zeros(data, 0) else "utf-16-le"


def codec_inside(data: bytes, codec: str) -> str:
    """The codec for a piece of a text without its beginning, where a byte order mark may stand."""
    if codec == "utf-16":
        return "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return codec.removesuffix("-sig")


def text_rows(
    data: bytes, codec: str, delimiter: str, *, quotes: bool = True
) -> Iterator[list[str]]:
    """Iterate over the rows of a text; a blank line is a row without cells.

    Parameters
    ----------
    data : bytes
        Unpacked file.
    codec : str
        As from `codec_of`. Bytes that have no meaning in it become U+FFFD.
    delimiter : str
        One character. Blanks after it are left out.
    quotes : bool
        Whether quotation marks keep delimiters and line ends together.

    Raises
    ------
    OpenQuoteError
        If a quotation mark is never closed; after the rows before it.
    UnreadableFileError
        If a cell is longer than any cell of a table.
    """
    # The wrapper decodes piece by piece, so the text is never in memory as a whole.
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=codec, errors="replace", newline="")
    rows = csv.reader(
        chain(lines, [_END]),
        delimiter=delimiter,
        skipinitialspace=True,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
    )
    number = 0
    try:
        for number, row in enumerate(rows, 1):
            if row and row[-1].endswith(_END):
                if row != [_END]:
                    raise OpenQuoteError(number)
                return
            yield row
    except csv.Error as error:  # a cell is larger than the limit of the module
        if quotes:
            raise OpenQuoteError(number + 1) from error
        raise UnreadableFileError(
            f"Row {number + 1} has a cell of more than {csv.field_size_limit():,} characters, so "
            "this file is no table, or its delimiter is another."
        ) from error
