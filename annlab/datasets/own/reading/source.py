"""Source: the text of a file, ready to be split into rows."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from annlab.datasets.own.reading.opening import is_workbook, unpack
from annlab.datasets.own.reading.text_rows import (
    OpenQuoteError,
    codec_inside,
    codec_of,
    guess_encoding,
    text_rows,
)
from annlab.datasets.own.recipe import Encoding

# What a guess looks at, at each end of a file.
_END_BYTES = 65_536


@dataclass(frozen=True)
class Source:
    """Text of a file, whatever container it came in.

    Attributes
    ----------
    text : bytes
        Text; of a workbook, one sheet as CSV.
    file : str
        SHA-256 of the bytes of the file.
    sheets : tuple of str
        Sheets of a workbook that have cells; empty for a text file.
    sheet : str
        The opened one of them.
    """

    text: bytes
    file: str
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether the text was a sheet, whose rows may lack empty cells at their ends."""
        return bool(self.sheets)

    @property
    def encoding(self) -> Encoding:
        """Encoding of the text as guessed."""
        return guess_encoding(self.text)

    def rows(
        self, encoding: Encoding, delimiter: str, *, quotes: bool = True
    ) -> Iterator[list[str]]:
        """Iterate over the rows, as `text_rows` does."""
        codec = codec_of(self.text, encoding)
        return text_rows(self.text, codec, delimiter, quotes=quotes)

    def ends(self, encoding: Encoding, delimiter: str) -> tuple[list[list[str]], list[list[str]]]:
        """Rows with cells at the beginning and at the end of the text, for guesses.

        The two lists share rows if the file is small.
        """
        codec = codec_of(self.text, encoding)
        is_cut = len(self.text) > _END_BYTES
        first = _rows_of(self.text[:_END_BYTES], codec, delimiter)
        # Positions in UTF-16 are even.
        start = max(len(self.text) - _END_BYTES, 0) // 2 * 2
        last = _rows_of(
            self.text[start:], codec_inside(self.text, codec) if start else codec, delimiter
        )
        if is_cut:
            first, last = first[:-1], last[1:]
        if self.is_workbook:
            width = max(map(len, first + last), default=0)
            first, last = _padded(first, width), _padded(last, width)
        return first, last


def _padded(rows: list[list[str]], width: int) -> list[list[str]]:
    return [row + [""] * (width - len(row)) for row in rows]


def _rows_of(data: bytes, codec: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        found.extend(text_rows(data, codec, delimiter))
    except OpenQuoteError:  # the mark may be closed in what the piece lacks
        if len(found) < 2:
            found = list(text_rows(data, codec, delimiter, quotes=False))
    return [row for row in found if any(row)]


def open_file(data: bytes, sheet: str = "") -> Source:
    """Open an uploaded file.

    Parameters
    ----------
    data : bytes
        Text or workbook, which may be compressed by gzip; untrusted input.
    sheet : str
        Sheet of a workbook; empty: the first one with cells.

    Raises
    ------
    UnreadableFileError
        If it is neither, too large or damaged.
    """
    file = hashlib.sha256(data).hexdigest()
    data = unpack(data)
    if not is_workbook(data):
        return Source(data, file)
    from annlab.datasets.own.reading.workbook_rows import read_workbook

    text, sheets = read_workbook(data, sheet)
    return Source(text, file, sheets, sheet or sheets[0])
