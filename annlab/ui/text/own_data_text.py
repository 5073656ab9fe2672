"""Sentences about data of one's own; texts of the file are plain until they are escaped here."""

from collections.abc import Callable, Sequence

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.describe import Reading
from annlab.datasets.own.reading.sentences import listed
from annlab.datasets.own.recipe import Dialect
from annlab.formatting import counted
from annlab.nn.tasks import TASKS, TargetKind
from annlab.ui.text.markdown import escape_markdown

KEPT = (
    "Others see results on your data only if they have the same file. Your data are deleted a day "
    "after their last use, or earlier if the server needs room, with the runs on them, unless you "
    "pin them or a run on them."
)
KEPT_BY_RUN = "A pinned run keeps these data."
# What deleting does not delete.
ALSO_OTHERS = "Data that another browser loaded too stay for that browser."
ACCEPTED = "CSV, TSV or Excel (.xlsx), also as .gz, up to 20 MB and one million cells"

ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
DELIMITERS = {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"}
DECIMALS = {".": "Point: 1.5", ",": "Comma: 1,5"}
THOUSANDS = {
    "": "None: 1000",
    ",": "Comma: 1,000",
    ".": "Point: 1.000",
    " ": "Blank: 1 000",
    "'": "Apostrophe: 1'000",
}
TYPES = {"number": "Number", "category": "Category", "date": "Date", "text": "Text"}
ROLES = {"feature": "Feature", "target": "Target", "group": "Group", "ignored": "Ignored"}
ROLES_HELP = (
    "Feature: an input of the network. Target: a column to predict; several targets are all "
    "numbers, or all labels with two values. Group: rows with the same value stay on one side of "
    "the split, such as several measurements of one patient. Ignored: left out."
)
# What a target of numbers can be, by the type of its column; and what several targets can be.
READINGS_OF_TARGET = {"category": "Classes", "number": "A number"}
READINGS_OF_TARGETS = {"category": "Labels", "number": "Numbers"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def shape_text(reading: Reading) -> str:
    """Size of a table, in words: "1,599 rows, 12 columns, sheet 1 of 3"."""
    size = f"{counted(reading.n_rows, 'row')}, {counted(len(reading.columns), 'column')}"
    if len(reading.sheets) < 2:
        return size
    place = reading.sheets.index(reading.dialect.sheet) + 1
    return f"{size}, sheet {place} of {len(reading.sheets)}"


def task_text(own: OwnData, page: str) -> str:
    """Say what the target decides, in Markdown.

    Parameters
    ----------
    own : OwnData
    page : str
        Title of the page that trains this task.
    """
    said = _DECIDES[TASKS[own.task].kind](own)
    return f"{said} on the page {page}."


def _classes_decide(own: OwnData) -> str:
    n = len(own.class_names)
    kind = "two classes" if n == 2 else f"{n} classes"
    target = f"**{escape_markdown(own.target_name)}**"
    return f"{target} has {kind}, so networks learn to tell them apart"


def _values_decide(own: OwnData) -> str:
    targets = listed(_marked(own))
    if not own.target_names:
        return f"{targets} is a number, so networks learn to predict its value"
    return f"{targets} are numbers, so networks learn to predict all of them at once"


def _labels_decide(own: OwnData) -> str:
    return f"{listed(_marked(own))} are labels, so networks learn to say yes or no to each"


_DECIDES: dict[TargetKind, Callable[[OwnData], str]] = {
    "class": _classes_decide,
    "values": _values_decide,
    "labels": _labels_decide,
}


def _marked(own: OwnData) -> list[str]:
    return [f"**{escape_markdown(name)}**" for name in own.names_of_targets()]


def target_text(own: OwnData) -> str:
    """Say in Markdown what the targets are: "targets weight, waist and pulse (three numbers)"."""
    names = listed([escape_markdown(name) for name in own.names_of_targets()])
    if own.class_names:
        return f"target {names} ({len(own.class_names)} classes)"
    if not own.target_names:
        return f"target {names} (a number)"
    what = "labels" if TASKS[own.task].kind == "labels" else "numbers"
    n = len(own.target_names)
    return f"targets {names} ({_COUNTS[n] if n < len(_COUNTS) else n} {what})"


def inputs_text(own: OwnData) -> str:
    """Say how many inputs the features become: "7 feature columns → 23 inputs"."""
    n_columns, n_inputs = len(own.columns), len(own.input_names)
    return f"{counted(n_columns, 'feature column')} → {counted(n_inputs, 'input')}"


def dialect_text(dialect: Dialect) -> str:
    """Say how a file was read, in a few words; plain text."""
    if dialect.sheet:
        parts = [f"sheet {dialect.sheet}"]
    else:
        parts = [ENCODINGS[dialect.encoding], DELIMITERS[dialect.delimiter].split(" ")[0].lower()]
        if dialect.decimal == ",":
            parts.append("decimal comma")
    parts.append("first row is the header" if dialect.has_header else "no header")
    return ", ".join(parts)


def data_set_text(own: OwnData) -> str:
    """Say what a data set is, in Markdown: "1,599 rows, 11 columns, target quality (6 classes)"."""
    rows = counted(own.n_rows, "row")
    if own.source == "drawn" and own.class_names:
        return f"{rows}, {len(own.class_names)} classes"
    return f"{rows}, {counted(len(own.columns), 'feature')}, {target_text(own)}"


def notes_of(reading: Reading, notes: Sequence[str] = ()) -> list[str]:
    """All sentences about a file in the order in which they matter, in Markdown.

    The whole file first, then the target, then features, then what is ignored.

    Parameters
    ----------
    reading : Reading
    notes : sequence of str
        Sentences about the data set.
    """
    order = {"target": 0, "feature": 1, "group": 1, "ignored": 2}
    columns = sorted(reading.columns, key=lambda column: order[column.role])
    found = [*reading.notes, *notes, *(note for column in columns for note in column.notes)]
    return [escape_markdown(note) for note in dict.fromkeys(found)]


def size_text(n_bytes: int) -> str:
    """Size of a file: "1.2 MB"."""
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 100_000 else f"{max(1, n_bytes // 1000)} kB"


def needed_text(own: OwnData) -> str:
    """Say which data a link needs, in Markdown.

    Parameters
    ----------
    own : OwnData
        Data that this browser has not loaded.
    """
    title, rows = f"**{escape_markdown(own.title)}**", counted(own.n_rows, "row")
    if own.source == "file":
        name = f"the file {title}" if own.title else "a file"
        return (
            f"These results need {name} ({rows}), which this browser has not loaded. Drop the same "
            "file here to see them."
        )
    if own.source == "arrays":
        name = title if own.title else "data"
        return (
            f"These results need {name} ({rows}), which a script passed as arrays. A page cannot "
            "show them; the script can."
        )
    points = title if own.title else counted(own.n_rows, "drawn point")
    return (
        f"These results need {points}, which this browser has not loaded. Load their file on the "
        "page Your data, under Draw points."
    )
