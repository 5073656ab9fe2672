"""Make the samples of a data set from the bytes of a file and a recipe."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from annlab.datasets.own.own_data import MAX_CLASSES, MAX_GROUPS, OwnData
from annlab.datasets.own.reading import column_values
from annlab.datasets.own.reading.cells import Cells, cells_of
from annlab.datasets.own.reading.columns import alike_notes, missing_notes
from annlab.datasets.own.reading.features import codes, in_order, read_features
from annlab.datasets.own.reading.notes import lonely_class_notes
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.sentences import listed, quoted
from annlab.datasets.own.reading.source import Source, open_file
from annlab.datasets.own.recipe import MAX_NAME, ColumnRecipe, Dialect, TableRecipe
from annlab.datasets.own.table import Table
from annlab.formatting import counted
from annlab.nn.tasks import TaskName
from annlab.validation import digest_of, explain

# Part of every content. Increase it when the same file and recipe give another table than before.
READER_VERSION = 1


class Made(NamedTuple):
    """A table, and sentences about it for the user."""

    table: Table
    notes: tuple[str, ...]


def canonical(
    recipe: TableRecipe, sheets: Sequence[str] = (), *, quotes: bool = True
) -> TableRecipe:
    """The recipe in which everything without effect has its default.

    Recipes that give the same table of the same file are then equal: the types of ignored and
    group columns and the order of marks for missing cells have no effect; neither have the
    encoding and the delimiter of a workbook, nor the sheet of a text.

    Parameters
    ----------
    recipe : TableRecipe
    sheets : sequence of str
        Sheets of a workbook; empty for a text.
    quotes : bool
        Whether the file was read with quotation marks.

    Returns
    -------
    TableRecipe
    """
    dialect = recipe.dialect
    marks = {mark.strip() for mark in dialect.missing} - {""}
    changes: dict[str, Any] = {"missing": tuple(sorted(marks)), "quotes": quotes}
    changes["sheet"] = (dialect.sheet or sheets[0]) if sheets else ""
    if sheets:
        usual = Dialect()
        changes |= {"encoding": usual.encoding, "delimiter": usual.delimiter}
    types = {"ignored": "text", "group": "category"}
    columns = tuple(
        c.model_copy(update={"type": types.get(c.role, c.type)}) for c in recipe.columns
    )
    return TableRecipe(dialect=dialect.model_copy(update=changes), columns=columns)


def make_table(data: bytes, recipe: TableRecipe, title: str = "") -> Made:
    """Read a file as a recipe says.

    Rows without a target are left out; missing features stay gaps. In a column of numbers, a
    cell that is infinite or no number is missing. `read_features` says which values of a category
    get an input each.

    Parameters
    ----------
    data : bytes
        Untrusted input.
    recipe : TableRecipe
        A role for every column of the file.
    title : str
        Name of the file.

    Returns
    -------
    Made

    Raises
    ------
    UnreadableFileError
        If the file cannot be read, or no data set can be made of it with this recipe.
    """
    source = open_file(data, recipe.dialect.sheet)
    return table_of(source, cells_of(source, recipe.dialect), recipe, title)


def table_of(source: Source, cells: Cells, recipe: TableRecipe, title: str = "") -> Made:
    """Make a table of the cells of an opened file, as `make_table` does."""
    recipe = canonical(recipe, source.sheets, quotes=not cells.open_quote)
    target, features, group = _parts(cells, recipe)
    by_name = dict(zip(cells.names, cells.columns, strict=True))
    y, keep, class_names, notes = _target(target, by_name[target.name], cells, recipe.dialect)
    kept = {name: texts.filter(_arrow(keep)) for name, texts in by_name.items()}
    y = y[keep]
    made = read_features(
        [(c.name, c.type, kept[c.name]) for c in features], cells.row_numbers[keep], recipe.dialect
    )
    X = np.stack([feature.values for feature in made], axis=1)
    groups = _groups(kept[group.name], recipe.dialect) if group else None
    n_classes = len(class_names)
    own = _facts(
        source="file",
        title=title[:MAX_NAME],
        content=digest_of(
            {
                "file": source.file,
                "recipe": recipe.facts_for_digest(),
                "reader": READER_VERSION,
            }
        ),
        file=source.file,
        recipe=recipe,
        task=_task(n_classes),
        n_rows=len(y),
        columns=tuple(feature.column for feature in made),
        target_name=target.name,
        class_names=class_names,
        class_counts=tuple(np.bincount(y).tolist()) if n_classes else (),
        group_sizes=tuple(np.bincount(groups).tolist()) if groups is not None else (),
    )
    return Made(
        table=Table(own, X, y, groups),
        notes=(*notes, *(n for f in made for n in f.notes), *_repeated_notes(_n_repeated(X, y))),
    )


def _facts(**values: Any) -> OwnData:
    """Facts about the data; an UnreadableFileError if they contradict each other."""
    try:
        return OwnData(**values)
    except ValidationError as error:
        raise UnreadableFileError(
            f"No data set can be made of this file: {'; '.join(explain(error))}."
        ) from error


def _arrow(mask: NDArray[np.bool_]) -> Any:
    import pyarrow as pa

    return pa.array(mask)


def _parts(
    cells: Cells, recipe: TableRecipe
) -> tuple[ColumnRecipe, list[ColumnRecipe], ColumnRecipe | None]:
    names = tuple(column.name for column in recipe.columns)
    if names != cells.names:
        raise UnreadableFileError(
            f"This file has the columns {listed([quoted(n) for n in cells.names])}, but the "
            f"settings describe {listed([quoted(n) for n in names]) or 'none'}. Load the file "
            "that belongs to these settings."
        )
    by_role: dict[str, list[ColumnRecipe]] = {}
    for column in recipe.columns:
        by_role.setdefault(column.role, []).append(column)
    features = by_role.get("feature", [])
    targets, groups = by_role.get("target", []), by_role.get("group", [])
    for role, found in (("target", targets), ("group", groups)):
        if len(found) > 1:
            names = tuple(quoted(column.name) for column in found)
            raise UnreadableFileError(f"{listed(names)} have the role {role}. Choose one of them.")
    if not targets:
        raise UnreadableFileError("No column is the target. Choose the column to predict.")
    if not features:
        raise UnreadableFileError("No column is a feature. Choose the columns to learn from.")
    for column in [*features, *targets]:
        if column.type in ("date", "text"):
            raise UnreadableFileError(
                f"{quoted(column.name)} is {'a date' if column.type == 'date' else 'free text'} "
                f"and cannot be a {column.role}. Ignore it, or choose another type."
            )
    return targets[0], features, groups[0] if groups else None


def _target(
    target: ColumnRecipe, texts: Any, cells: Cells, dialect: Dialect
) -> tuple[NDArray[Any], NDArray[np.bool_], tuple[str, ...], tuple[str, ...]]:
    """Targets of all rows, which rows have one, the names of the classes, and notes."""
    name = quoted(target.name)
    if target.type == "number":
        found = column_values.numbers(texts, dialect)
        keep = ~np.isnan(found.values)
        if len(np.unique(found.values[keep])) < 2:
            what = "the same number in every row" if keep.any() else "no numbers"
            raise UnreadableFileError(f"The target {name} has {what}. Choose another target.")
        return found.values, keep, (), missing_notes(target.name, found, texts, cells.row_numbers)
    keep = ~column_values.is_missing(texts, dialect)
    counts = column_values.value_counts(texts, ~keep)
    if len(counts) < 2:
        what = "only one class" if counts else "no values"
        raise UnreadableFileError(f"The target {name} has {what}. Choose another target.")
    if len(counts) > MAX_CLASSES:
        raise UnreadableFileError(
            f"The target {name} has {len(counts):,} classes; the limit is {MAX_CLASSES}. Choose "
            "the type number, or another target."
        )
    _refuse_unclear_names(target.name, list(counts))
    class_names = in_order(counts, dialect)
    places = {text: k for k, text in enumerate(class_names)}
    y = codes(texts, places, len(places))
    notes = (*alike_notes(target.name, class_names), *lonely_class_notes(target.name, counts))
    return y.astype(np.int64), keep, class_names, notes


def _refuse_unclear_names(name: str, texts: Sequence[str]) -> None:
    """Refuse classes that look the same on every page, or too long to be shown."""
    seen: dict[str, str] = {}
    for text in texts:
        if len(text) > MAX_NAME:
            raise UnreadableFileError(
                f"The class {quoted(text)} of {quoted(name)} has {len(text):,} characters; the "
                f"limit is {MAX_NAME}. Choose another target."
            )
        same = seen.setdefault(" ".join(text.split()), text)
        if same != text:
            raise UnreadableFileError(
                f"Two classes of {quoted(name)}, {quoted(same)} and {quoted(text)}, differ only "
                "in blanks. Make them equal in the file."
            )


def _task(n_classes: int) -> TaskName:
    if not n_classes:
        return "regression"
    return "binary" if n_classes == 2 else "multiclass"


def _groups(texts: Any, dialect: Dialect) -> NDArray[np.int64]:
    """Index of each row's group, counted by first rows; a row without a group is one by itself."""
    missing = column_values.is_missing(texts, dialect)
    encoded = column_values.trimmed(texts).dictionary_encode()
    labels = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)
    labels[missing] = len(encoded.dictionary) + np.arange(missing.sum())
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    if len(first) > MAX_GROUPS:
        raise UnreadableFileError(
            f"The group column has {len(first):,} groups; the limit is {MAX_GROUPS:,}."
        )
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _n_repeated(X: NDArray[np.float64], y: NDArray[Any]) -> int:
    """Number of rows that repeat the features and the target of an earlier row."""
    rows = np.column_stack([X, y])
    # Equal bytes of a row mean equal values once all gaps and zeros are written alike.
    rows[np.isnan(rows)] = np.nan
    rows += 0.0
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))
    return len(rows) - len(np.unique(whole))


def _repeated_notes(n: int) -> tuple[str, ...]:
    if not n:
        return ()
    one = n == 1
    return (
        f"{counted(n, 'row')} {'repeats' if one else 'repeat'} an earlier row. The test split may "
        "then hold samples that the network saw in training.",
    )
