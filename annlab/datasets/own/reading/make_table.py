"""Make the samples of a data set from the bytes of a file and a recipe."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from annlab.datasets.own.own_data import MAX_GROUPS, OwnData
from annlab.datasets.own.reading import column_values
from annlab.datasets.own.reading.cells import Cells, cells_of
from annlab.datasets.own.reading.features import read_features
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.sentences import listed, quoted
from annlab.datasets.own.reading.source import Source, open_file
from annlab.datasets.own.reading.targets import read_targets
from annlab.datasets.own.recipe import MAX_NAME, ColumnRecipe, Dialect, TableRecipe
from annlab.datasets.own.table import Table
from annlab.formatting import counted
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

    Rows that lack a target are left out; missing features stay gaps. In a column of numbers, a
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
    targets, features, group = _parts(cells, recipe)
    by_name = dict(zip(cells.names, cells.columns, strict=True))
    y, keep, facts, notes = read_targets(
        [(c.name, c.type, by_name[c.name]) for c in targets], cells.row_numbers, recipe.dialect
    )
    kept = {name: texts.filter(_arrow(keep)) for name, texts in by_name.items()}
    made = read_features(
        [(c.name, c.type, kept[c.name]) for c in features], cells.row_numbers[keep], recipe.dialect
    )
    X = np.stack([feature.values for feature in made], axis=1)
    groups = _groups(kept[group.name], recipe.dialect) if group else None
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
        n_rows=len(y),
        columns=tuple(feature.column for feature in made),
        group_sizes=tuple(np.bincount(groups).tolist()) if groups is not None else (),
        **facts,
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
) -> tuple[list[ColumnRecipe], list[ColumnRecipe], ColumnRecipe | None]:
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
    if len(groups) > 1:
        names = tuple(quoted(column.name) for column in groups)
        raise UnreadableFileError(f"{listed(names)} have the role group. Choose one of them.")
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
    return targets, features, groups[0] if groups else None


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
