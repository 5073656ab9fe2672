"""TableRecipe: how the bytes of a file become the columns of a table."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from annlab.validation import Config

Encoding = Literal["utf-8", "utf-16", "cp1252"]
Delimiter = Literal[",", ";", "\t", "|"]
Decimal = Literal[".", ","]
Thousands = Literal["", ",", ".", " ", "'"]
ColumnType = Literal["number", "category", "date", "text"]
Role = Literal["feature", "target", "group", "ignored"]

MAX_COLUMNS = 1_000
MAX_NAME = 100
Name = Annotated[str, Field(max_length=MAX_NAME)]


class Dialect(Config):
    """How the bytes of a file become cells.

    Attributes
    ----------
    encoding : {"utf-8", "utf-16", "cp1252"}
        Encoding of the text, whatever byte order mark it has. Without effect on a workbook.
    delimiter : {",", ";", "tab", "|"}
        Separator of cells, a real tab included. Without effect on a workbook.
    decimal : {".", ","}
        Decimal mark of numbers.
    thousands : {"", ",", ".", " ", "'"}
        Mark between thousands; empty if there is none. A blank stands for a no-break space too.
    has_header : bool
        Whether the first row names the columns.
    n_title_rows : int
        Rows above the table that are left out. Blank rows do not count, here and below.
    n_footer_rows : int
        Rows at the end that are left out.
    missing : tuple of str
        Texts that stand for a missing cell, besides the empty cell.
    sheet : str
        Sheet of a workbook; empty for a text file.
    quotes : bool
        Whether quotation marks keep a cell together; False if one is never closed, so that all are
        text. The file decides, so no digest covers it.
    """

    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ","
    decimal: Decimal = "."
    thousands: Thousands = ""
    has_header: bool = True
    n_title_rows: Annotated[int, Field(ge=0, le=100)] = 0
    n_footer_rows: Annotated[int, Field(ge=0, le=100)] = 0
    missing: Annotated[tuple[Annotated[str, Field(max_length=20)], ...], Field(max_length=20)] = ()
    sheet: Name = ""
    quotes: bool = True

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("the decimal mark and the mark between thousands are the same")
        return self


class ColumnRecipe(Config):
    """Type and role of one column.

    Attributes
    ----------
    name : str
        Unique among the columns.
    type : {"number", "category", "date", "text"}
        What its cells are. Dates and texts cannot be features.
    role : {"feature", "target", "group", "ignored"}
        What it is for. Rows of one group are never in two splits.
    """

    name: Name
    type: ColumnType
    role: Role


class TableRecipe(Config):
    """How the bytes of a file become features and a target.

    Attributes
    ----------
    dialect : Dialect
    columns : tuple of ColumnRecipe
        In the order of the file; one of them is the target.
    """

    dialect: Dialect = Dialect()
    columns: Annotated[tuple[ColumnRecipe, ...], Field(max_length=MAX_COLUMNS)] = ()

    def facts_for_digest(self) -> dict[str, Any]:
        """What a digest covers: everything that the file does not decide."""
        return self.model_dump(mode="json", exclude={"dialect": {"quotes"}})
