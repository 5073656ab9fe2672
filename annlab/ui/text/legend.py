"""Legend of the pictures on the stage, as one line of HTML."""

from collections.abc import Sequence
from html import escape

from annlab.figures import LegendEntry
from annlab.figures.base.plain_text import as_shown

# Characters for Plotly's names of symbols and dashes.
_MARKERS = {
    "circle": "●",
    "circle-open": "○",
    "diamond": "◆",
    "square": "■",
    "triangle-up": "▲",
    "cross": "✚",
    "x": "✖",
    "star": "★",
    "hexagon": "⬢",
    "triangle-down": "▼",
    "pentagon": "⬟",
    "diamond-open": "◇",
    "square-open": "□",
    "triangle-up-open": "△",
    "cross-open": "✛",
    "x-open": "✕",
}
_LINES = {
    "solid": "━━",
    "dash": "╍╍",
    "dot": "┅┅",
    "dashdot": "━·━",
    "longdash": "━ ━",
    "longdashdot": "━ · ━",
}


def legend_html(legends: Sequence[Sequence[LegendEntry]], remark: str = "") -> str:
    """Common legend of the pictures of several models: each name once.

    Parameters
    ----------
    legends : sequence of sequence of LegendEntry
        Entries of each picture. A name with another color in each picture is gray here; the
        models themselves are left out, because their heads name them.
    remark : str
        Words after the legend.
    """
    legends = [[entry for entry in legend if not entry.is_model] for legend in legends]
    found = {entry.name: entry for legend in reversed(legends) for entry in legend}
    colors = {
        name: {entry.color for legend in legends for entry in legend if entry.name == name}
        for name in found
    }
    names = dict.fromkeys(entry.name for legend in legends for entry in legend)
    parts = []
    for name in names:
        color = found[name].color if len(colors[name]) == 1 else "gray"
        symbol = f"<i aria-hidden='true' style='color: {escape(color, quote=True)}'>"
        parts.append(f"<span>{symbol}{_symbol(found[name])}</i> {escape(as_shown(name))}</span>")
    if remark:
        parts.append(f"<span>{escape(remark)}</span>")
    return f"<div class='annlab-legend'>{''.join(parts)}</div>"


def _symbol(entry: LegendEntry) -> str:
    if entry.kind == "area":
        return "▇"
    if entry.kind == "line":
        return _LINES.get(entry.look, _LINES["solid"])
    return _MARKERS.get(entry.look, "●")
