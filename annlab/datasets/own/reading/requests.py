"""Reading of files as computations, which only workers run: pandas costs 100 MB of memory."""

from annlab.datasets.own.own_data import Digest
from annlab.datasets.own.recipe import ColumnType, Dialect, Name, Role, TableRecipe
from annlab.validation import Config


class FileRequest(Config):
    """Description of a file: its first rows and its columns, as they are understood.

    Attributes
    ----------
    file : str
        SHA-256 of the file.
    dialect : Dialect or None
        How the file is read; None: guessed.
    sheet : str
        Sheet of a workbook for which that is guessed; empty: the first one with cells.
    types, roles : tuple of (str, str)
        Types and roles that the user chose, each after the name of its column.
    """

    file: Digest
    dialect: Dialect | None = None
    sheet: Name = ""
    types: tuple[tuple[Name, ColumnType], ...] = ()
    roles: tuple[tuple[Name, Role], ...] = ()


class TableRequest(Config):
    """Table of a file.

    Attributes
    ----------
    file : str
        SHA-256 of the file.
    recipe : TableRecipe
    """

    file: Digest
    recipe: TableRecipe
