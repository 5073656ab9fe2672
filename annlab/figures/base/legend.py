"""Legend below a chart."""

from annlab.figures.base.builder import FigureBuilder


def add_legend_below(figure: FigureBuilder, title: str, note: str) -> None:
    """Set the title of a chart, and put the legend below it, where many rows overlap nothing.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    title : str
    note : str
        First line of the legend, which explains a line without an entry.
    """
    figure.update_layout(
        title_text=title,
        margin={"t": 34, "b": 97},
        legend={
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "title": {"text": note, "side": "top", "font": {"size": 12}},
        },
    )
