"""Other names for the models in a finished figure."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from annlab.figures.base.builder import StaticFigure
from annlab.figures.base.plain_text import plain_text

# Texts of a trace that begin with the name of a model.
_TEXTS = ("name", "legendgroup", "hovertemplate")


def renamed(figure: go.Figure, names: Mapping[str, str]) -> go.Figure:
    """Replace letters of models by other names: in the legend and in texts on hover.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Stays unchanged.
    names : mapping of str
        By letter. Plotly reads some HTML in texts, so "<" and "&" are replaced.
    """
    if not names:
        return figure
    content = figure.to_dict()
    data = [_renamed(trace, names) for trace in content["data"]]
    return StaticFigure(data, content["layout"], _validate=False)


def _renamed(trace: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    changed = dict(trace)
    for key in _TEXTS:
        text = str(trace.get(key, ""))
        letter, rest = text[:1], text[1:]
        if letter in names and (not rest or rest[0] in " ,"):
            changed[key] = plain_text(names[letter]) + rest
    texts = trace.get("text")
    if trace.get("mode") == "text" and isinstance(texts, list) and len(texts) == 1:
        letter = texts[0].removeprefix("<b>").removesuffix("</b>")
        if letter in names:
            changed["text"] = [f"<b>{plain_text(names[letter])}</b>"]
    return changed
