"""Tables that this process has at hand, by their content; the most recent ones."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from annlab.datasets.own.drawing.drawn_text import read_drawn
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.table import Table, table_from_bytes

# Bytes of the tables that are kept; the last one is kept however large it is.
MAX_BYTES = 32_000_000

_lock = threading.Lock()
_tables: OrderedDict[str, Table] = OrderedDict()


class MissingDataError(ValueError):
    """A file or the samples of a config are not here. The message is a sentence for the user."""


def provide(table: Table) -> None:
    """Keep a table at hand for `find`; drop the ones that were not used for longest."""
    with _lock:
        _tables[table.own.content] = table
        _tables.move_to_end(table.own.content)
        while len(_tables) > 1 and sum(kept.n_bytes for kept in _tables.values()) > MAX_BYTES:
            _tables.popitem(last=False)


def provide_bytes(content: str, load: Callable[[], bytes]) -> None:
    """Keep a table at hand, and load it unless it is at hand already.

    Parameters
    ----------
    content : str
        `OwnData.content` of the table.
    load : callable
        Returns the result of `Table.to_bytes`.
    """
    with _lock:
        if content in _tables:
            _tables.move_to_end(content)
            return
    provide(table_from_bytes(load()))


def find(own: OwnData) -> Table:
    """Find the samples that a config describes.

    Raises
    ------
    MissingDataError
        If they are not at hand, or the config describes them wrongly.
    """
    with _lock:
        table = _tables.get(own.content)
        if table is not None:
            _tables.move_to_end(own.content)
    if table is None and own.points:
        return Table(own, *read_drawn(own.points).samples())
    if table is None:
        what = f"The data “{own.title}”" if own.title else "These data"
        raise MissingDataError(f"{what} are not here. {_WHERE[own.source]}")
    if table.own.facts_for_digest() != own.facts_for_digest():
        raise MissingDataError("These settings describe their data wrongly; load the data again.")
    return table


_WHERE = {
    "file": "Load the file on the page Your data; in a script, pass its table, from `make_table`, "
    "to `tables.provide`.",
    "drawn": "Load the file of the points on the page Your data; in a script, pass their table, "
    "from `drawn_table`, to `tables.provide`.",
    "arrays": "Give them as `dataset=`.",
}


def forget(content: str) -> None:
    """Drop the samples with a content, if they are at hand."""
    with _lock:
        _tables.pop(content, None)
