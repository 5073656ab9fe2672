import gzip
import io
import zipfile

import pytest

from annlab.datasets.own.reading.opening import MAX_FILE_BYTES, UnreadableFileError, unpack
from annlab.datasets.own.reading.workbook_rows import read_workbook
from tests.datasets.own.reading.made_files import book_of, workbook


def archive(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in entries.items():
            written.writestr(name, data)
    return file.getvalue()


def test_what_gzip_packed_is_unpacked() -> None:
    two_parts = gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n")
    assert unpack(two_parts) == b"a,b\n1,2\n"
    assert unpack(two_parts + b"\0\0") == b"a,b\n1,2\n"
    assert unpack(b"a,b\n") == b"a,b\n"


ZIP = archive({"a.csv": b"a,b\n1,2\n"})
BOMB = archive({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 110_000_000})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"1,2\n" * 7_750_000, "This file has 31 MB; the limit is 20 MB."),
        (b"1" * (MAX_FILE_BYTES + 1), "This file has 21 MB; the limit is 20 MB."),
        (gzip.compress(b"0" * 100_000_000), "Unpacked, this file has more than 20 MB, the limit."),
        (gzip.compress(b"1,2\n" * 99)[:-9], "This compressed file was cut off."),
        (gzip.compress(b"1,2\n")[:9] + b"\xff" * 20, "This compressed file is damaged."),
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf\r\n \n", "This file is empty."),
        (b"\xd0\xcf\x11\xe0 ", "This is an old Excel file (.xls). Save it as .xlsx or as CSV."),
        (b"<!DOCTYPE html><p>", "This is a web page. Download the table itself, as CSV."),
        (b'[{"a": 1}]', "This is a JSON file. Save the table in it as CSV."),
        (b"%PDF-1.7", "This is a PDF file. Save the table in it as CSV."),
        (
            ZIP,
            "This archive holds no Excel workbook. Unpack it and load a CSV or .xlsx file.",
        ),
        (ZIP[:-30], "This workbook is damaged or was cut off."),
        (BOMB, "Unpacked, this workbook has 111 MB; the limit is 100 MB."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_files_are_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        unpack(data)
    assert str(caught.value) == sentence


def test_a_sheet_is_chosen_by_name() -> None:
    data = workbook()
    first, sheets = read_workbook(data, "")
    assert sheets == ("Flowers", "Notes")
    assert read_workbook(data, "Flowers") == (first, sheets)
    assert read_workbook(data, "Notes") == (b"nothing,here\r\n", sheets)
    with pytest.raises(UnreadableFileError, match="no sheet “Absent”"):
        read_workbook(data, "Absent")


def test_the_first_sheet_with_cells_is_read() -> None:
    cover = book_of({"Cover": [], "Data": [["a", "b"], [1, 2]], "Blank": [[None, None]]})
    assert read_workbook(cover, "") == (b"a,b\r\n1,2\r\n", ("Data",))
    with pytest.raises(UnreadableFileError, match="no sheet “Cover” with cells"):
        read_workbook(cover, "Cover")
    with pytest.raises(UnreadableFileError, match="This workbook has no sheet with cells"):
        read_workbook(book_of({"Cover": [], "Blank": [[None]]}), "")


def test_a_damaged_sheet_spoils_no_other() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        entries = {name: book.read(name) for name in book.namelist()}
    name = "xl/worksheets/sheet2.xml"
    entries[name] = entries[name][:-40]
    assert read_workbook(archive(entries), "") == read_workbook(workbook(), "")
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_workbook(archive(entries), "Notes")


def test_values_of_a_workbook_are_written_as_people_read_them() -> None:
    from datetime import date, datetime

    from openpyxl import Workbook

    book = Workbook()
    book.active.append([1.0, 0.1, True, "a, b", None, date(2019, 5, 1)])
    book.active.append([])
    book.active.append([-3, 1e300, datetime(2019, 5, 1, 12, 30), "=1+1", None])
    file = io.BytesIO()
    book.save(file)
    assert read_workbook(file.getvalue(), "")[0] == (
        b'1,0.1,TRUE,"a, b",,2019-05-01\r\n\r\n-3,1e+300,2019-05-01 12:30:00\r\n'
    )


def test_a_workbook_that_claims_many_rows_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        entries = {name: book.read(name) for name in book.namelist()}
    name = "xl/worksheets/sheet1.xml"
    sheet = entries[name]
    entries[name] = sheet.replace(b'r="61"', b'r="999999999"')
    with pytest.raises(UnreadableFileError, match="more than 1,048,576 rows"):
        read_workbook(archive(entries), "")
    rows = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (k, k) for k in range(62, 2_000))
    entries[name] = sheet.replace(b"</sheetData>", rows + b"</sheetData>")
    with pytest.raises(UnreadableFileError, match="too large"):
        read_workbook(archive(entries), "")
    entries[name] = sheet.replace(b"A1:C61", b"A1:XFD1048576")
    assert read_workbook(archive(entries), "") == read_workbook(workbook(), "")


def test_entities_of_a_workbook_cannot_grow_without_limit() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        entries = {name: book.read(name) for name in book.namelist()}
    nested = b"".join(
        b'<!ENTITY l%d "%s">' % (k, b"&l%d;" % (k - 1) * 10 if k else b"ha") for k in range(12)
    )
    name = "xl/worksheets/sheet1.xml"
    doctype = b"<!DOCTYPE worksheet [" + nested + b"]><worksheet"
    sheet = entries[name].replace(b"<worksheet", doctype, 1)
    entries[name] = sheet
    assert read_workbook(archive(entries), "") == read_workbook(workbook(), "")
    entries[name] = sheet.replace(b">setosa<", b">&l11;<", 1)
    with pytest.raises(UnreadableFileError):
        read_workbook(archive(entries), "")
