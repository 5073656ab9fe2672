"""Facts about drawn points as a data set."""

import hashlib
from typing import Any

from annlab.datasets.own.drawing.drawn import DrawnPoints, reason_not_to_train
from annlab.datasets.own.drawing.drawn_text import write_drawn


def drawn_facts(drawn: DrawnPoints) -> dict[str, Any]:
    """Fields of an `annlab.datasets.own.own_data.OwnData`.

    The points are part of it, so a config holds its samples.

    Parameters
    ----------
    drawn : DrawnPoints

    Returns
    -------
    dict
        Values by the name of the field; equal for equal points.

    Raises
    ------
    ValueError
        If the points lack something to be a data set; the message is a sentence for the user.
    """
    if reason := reason_not_to_train(drawn):
        raise ValueError(reason)
    text = write_drawn(drawn)
    facts: dict[str, Any] = {
        "source": "drawn",
        "task": drawn.task,
        "title": f"{len(drawn.points):,} drawn points",
        "content": hashlib.sha256(text.encode()).hexdigest(),
        "points": text,
        "n_rows": len(drawn.points),
        "columns": tuple({"name": name} for name in drawn.feature_names),
    }
    if drawn.mode == "curve":
        return {**facts, "target_name": drawn.axis_names[1]}
    return {
        **facts,
        "target_name": "class",
        "class_names": drawn.class_names,
        "class_counts": tuple(n for n in drawn.counts if n),
    }
