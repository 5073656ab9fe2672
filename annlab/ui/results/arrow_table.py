"""Rows as an Arrow table, the format that Streamlit sends to the browser, and its height."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from pyarrow import Table

# Pixels of a row and of the head with its borders, as Streamlit draws them.
_ROW, _HEAD = 35, 37


def arrow_table(rows: Sequence[Mapping[str, Any]], types: Mapping[str, Any]) -> "Table":
    """Convert rows to an Arrow table.

    Parameters
    ----------
    rows : sequence of mapping
        Values by column; other columns are left out.
    types : mapping
        Arrow type, or its name, of each column in its order.

    Returns
    -------
    pyarrow.Table
    """
    # Through JSON: from Python objects, Arrow and Streamlit would import pandas, a fifth of the web
    # process, which nothing else there needs.
    import pyarrow as arrow
    from pyarrow.json import ParseOptions, ReadOptions, read_json

    lines = b"\n".join(orjson.dumps(row) for row in rows)
    return read_json(
        BytesIO(lines),
        ReadOptions(use_threads=False, block_size=len(lines) + 1),
        ParseOptions(
            explicit_schema=arrow.schema(list(types.items())), unexpected_field_behavior="ignore"
        ),
    )


def table_height(n_rows: int, most: int | None = None) -> int:
    """Height of a table that shows all its rows.

    Parameters
    ----------
    n_rows : int
    most : int, optional
        Largest height; a higher table scrolls.

    Returns
    -------
    int
        In pixels.
    """
    height = _HEAD + _ROW * n_rows
    return height if most is None else min(height, most)
