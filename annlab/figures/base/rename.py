"""Other names for the models in a finished figure."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from annlab.figures.base.builder import StaticFigure
from annlab.figures.base.plain_text import plain_text

# Texts of a trace that may begin with the name of its model.
_TEXTS = ("name", "hovertemplate")


def renamed(figure: go.Figure, names: Mapping[str, str]) -> go.Figure:
    """Replace letters of models by other names: in the legend, on curves and on hover.

    Traces without `annlab.figures.base.model_names.mark_of_model` stay as they are.

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
    return StaticFigure.of_plain(data, content["layout"])


def _renamed(trace: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    letter = trace.get("meta", {}).get("model")
    if letter not in names:
        return trace
    name, changed = plain_text(names[letter]), dict(trace)
    for key in _TEXTS:
        text = str(trace.get(key, ""))
        if text.startswith(letter):
            changed[key] = name + text.removeprefix(letter)
    if trace.get("mode") == "text":
        changed["text"] = [f"<b>{name}</b>"]
    return changed
