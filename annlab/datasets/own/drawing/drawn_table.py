"""Table of drawn points, from which networks learn."""

from annlab.datasets.own.drawing.drawn import DrawnPoints
from annlab.datasets.own.drawing.drawn_facts import drawn_facts
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.table import Table


def drawn_table(drawn: DrawnPoints) -> Table:
    """Make a table of drawn points.

    Parameters
    ----------
    drawn : DrawnPoints

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        As in `annlab.datasets.own.drawing.drawn_facts.drawn_facts`.
    """
    return Table(OwnData.model_validate(drawn_facts(drawn)), *drawn.samples())
