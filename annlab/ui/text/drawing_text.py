"""Sentences about drawn points."""

from annlab.datasets.own.drawing.drawn import DrawnPoints, reason_not_to_train
from annlab.datasets.own.drawing.drawn_text import MAX_POINTS_IN_LINK, fits_in_link


def drawing_text(drawn: DrawnPoints) -> str:
    """Say what the points are as data, or what they lack, and how they travel.

    Parameters
    ----------
    drawn : DrawnPoints

    Returns
    -------
    str
        In Markdown.
    """
    if not drawn.points:
        return "Click or drag on the pad to draw points, or start from a data set."
    if reason := reason_not_to_train(drawn):
        return reason
    n = len(drawn.points)
    kind = f"{len(drawn.class_names)} classes" if drawn.class_names else "a curve"
    travels = (
        "The link of this page holds them."
        if fits_in_link(drawn)
        else f"A link holds up to {MAX_POINTS_IN_LINK:,}, so save these as a file."
    )
    return f"**{n:,} points of {kind}.** {travels}"
