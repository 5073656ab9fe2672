"""Files as people have them, and what a person reads in each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.datasets.own.reading import made_files as made
from tests.datasets.own.reading.made_files import KINDS, flowers


@dataclass(frozen=True)
class Fixture:
    """A file, and what is right; what is not said is the default or not asked."""

    name: str
    make: Callable[[], bytes]
    names: tuple[str, ...]
    n_rows: int
    first: tuple[str, ...]
    target: str
    classes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    dialect: dict[str, Any] = field(default_factory=dict)
    unreadable: tuple[tuple[int, int], ...] = ()
    footer: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def data(self) -> bytes:
        return self.make()


NUMBERED = ("column 1", "column 2", "column 3")
NAMES = ("length", "width", "species")
ONE, TWO, _ = flowers()[1]
COMMAS = {"delimiter": ";", "decimal": ","}


def of_flowers(name: str, make: Callable[[], bytes], **right: Any) -> Fixture:
    usual = {"names": NAMES, "n_rows": 60, "first": (ONE, TWO, "setosa"), "classes": KINDS}
    return Fixture(name, make, **({**usual, "target": right.get("names", NAMES)[-1]} | right))


FIXTURES = (
    of_flowers("plain", made.plain),
    Fixture(
        "Excel in German",
        made.german,
        ("Größe", "Gewicht", "Sorte"),
        60,
        (ONE.replace(".", ","), TWO.replace(".", ","), "Äpfel"),
        "Sorte",
        ("Birnen", "Äpfel"),
        dialect={"encoding": "cp1252", **COMMAS},
    ),
    of_flowers("byte order mark", made.mark_first, names=("length, in cm", "width", "species")),
    Fixture(
        "UTF-16 with tabs, thousands and a footer",
        made.tabs_utf16,
        ("country", "income", "years"),
        50,
        ("land 0", "24,283.480", "2.7"),
        "years",
        ignored=("country",),
        dialect={
            "encoding": "utf-16",
            "delimiter": "\t",
            "thousands": ",",
            "n_footer_rows": 1,
        },
        footer=("Source: a survey of 2019",),
    ),
    of_flowers(
        "UTF-16 without a mark",
        made.utf16_without_mark,
        dialect={"encoding": "utf-16", "delimiter": "\t"},
    ),
    of_flowers("no header", made.no_header, names=NUMBERED, dialect={"has_header": False}),
    Fixture(
        "no header, blanks after commas, classes from 1",
        made.blank_after_comma,
        NUMBERED,
        60,
        ("6.0281", "3.2415", "1"),
        "column 3",
        ("1", "2", "3"),
        dialect={"has_header": False},
        said=("column 3",),
    ),
    Fixture(
        "question marks and two equal names",
        made.question_marks,
        ("patient", "temp", "temp (2)", "outcome"),
        40,
        ("00530", "36.2", "?", "lived"),
        "outcome",
        ("died", "lived"),
        ignored=("patient",),
    ),
    of_flowers("pipes", made.pipes, dialect={"delimiter": "|"}),
    of_flowers("gzip", made.packed),
    of_flowers(
        "line ends and quotes in cells",
        made.quoted_lines,
        names=("length (cm)", "width", "species"),
        first=(ONE, TWO, 'setosa, "wild"\nfrom the field'),
        classes=tuple(f'{kind}, "wild"\nfrom the field' for kind in KINDS),
    ),
    of_flowers("ragged rows", made.ragged, n_rows=58, unreadable=((11, 4), (21, 2))),
    of_flowers(
        "the delimiter in Excel's first row",
        made.sep_line,
        first=(ONE.replace(".", ","), TWO.replace(".", ","), "setosa"),
        dialect={**COMMAS, "n_title_rows": 1},
    ),
    of_flowers("title rows", made.title_rows, dialect={"delimiter": ";", "n_title_rows": 2}),
    of_flowers(
        "totals",
        made.totals,
        dialect={"n_footer_rows": 2},
        footer=("Total 99.5", "Measured in spring"),
    ),
    of_flowers(
        "Swiss thousands",
        made.swiss,
        first=(ONE, "1’100.0", "setosa"),
        dialect={"delimiter": ";", "thousands": "'"},
    ),
    of_flowers(
        "French thousands",
        made.french,
        first=(ONE.replace(".", ","), "1\u202f100,05", "setosa"),
        dialect={**COMMAS, "thousands": " "},
    ),
    of_flowers(
        "German thousands",
        made.german_thousands,
        first=(ONE.replace(".", ","), "1.100,0", "setosa"),
        dialect={**COMMAS, "delimiter": "\t", "thousands": "."},
    ),
    of_flowers(
        "an index without a name",
        made.pandas_index,
        names=("column 1", *NAMES),
        first=("0", ONE, TWO, "setosa"),
        ignored=("column 1",),
    ),
    of_flowers("names that count up", made.counted_header, names=("0", "1", "2")),
    of_flowers(
        "row names of R",
        made.r_row_names,
        names=("column 1", *NAMES),
        first=("1", ONE, TWO, "setosa"),
        ignored=("column 1",),
    ),
    of_flowers(
        "a delimiter after the last cell",
        made.last_delimiters,
        names=(*NAMES, "column 4"),
        first=(ONE, TWO, "setosa", ""),
        target="species",
        ignored=("column 4",),
    ),
    of_flowers(
        "commas in tabs",
        made.commas_in_tabs,
        first=(ONE, TWO, "setosa, wild"),
        classes=tuple(f"{kind}, wild" for kind in KINDS),
        dialect={"delimiter": "\t"},
    ),
    of_flowers("marks for missing cells", made.marks, said=("“NA”", "“n/a”", "“-”", "“.”")),
    of_flowers("line ends of old Macs", made.old_mac),
    of_flowers("an open quotation mark", made.open_quote, said=("row 42",)),
    of_flowers("infinity", made.infinite, said=("length",)),
    Fixture(
        "words only",
        made.words_only,
        ("cap", "odor", "edible"),
        50,
        ("flat", "none", "y"),
        "edible",
        ("n", "y"),
    ),
    Fixture(
        "wine",
        made.wine,
        ("fixed acidity", "alcohol", "quality"),
        90,
        ("9.0", "8.7", "3"),
        "quality",
        ("3", "4", "5", "6", "7", "8"),
        dialect={"delimiter": ";"},
        said=("quality",),
    ),
    Fixture(
        "two rows with quoted delimiters",
        made.two_rows,
        ("name", "size", "kind"),
        2,
        ("a;b", "1,5", "x"),
        "kind",
        ("x", "y"),
        dialect=COMMAS,
    ),
    of_flowers("workbook", made.workbook, dialect={"sheet": "Flowers"}),
    of_flowers(
        "workbook with a title and gaps",
        made.workbook_with_gaps,
        names=(*NAMES, "remark"),
        first=(ONE, TWO, "setosa", "big"),
        target="species",
        ignored=("remark",),
        dialect={"sheet": "Data", "n_title_rows": 1},
    ),
)
