"""A report on one comparison as an HTML page that prints well on A4."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import plotly.graph_objects as go

from annlab.figures.base.model_names import MODEL_NAMES
from annlab.figures.base.theme import MODEL_COLORS, THEMES, rgba

# Two charts side by side on A4 with its margins, in CSS pixels.
_WIDTH, _HEIGHT = 336, 240
_STYLE = """
@page { size: A4; margin: 14mm; }
* { box-sizing: border-box; }
body { font: 14px/1.45 "Source Sans 3", "Source Sans Pro", "Segoe UI", Arial, sans-serif;
  color: #262730; background: #fff; max-width: 688px; margin: 24px auto; padding: 0 4px; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 16px 0 4px; break-after: avoid; }
p { margin: 6px 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; break-inside: avoid; font-size: 13px; }
th, td { text-align: left; padding: 3px 8px 3px 0; border-bottom: 1px solid #d5d6db;
  vertical-align: top; overflow-wrap: break-word; }
.letter { display: inline-block; min-width: 1.5em; padding: 0 .3em; border-radius: 4px;
  color: #fff; font-weight: 600; text-align: center; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; }
.verdict { border-left: 4px solid #262730; padding: 2px 0 2px 12px; font-size: 15px;
  break-inside: avoid; }
.charts { display: grid; grid-template-columns: 336px 336px; gap: 4px 16px; }
figure { margin: 0; break-inside: avoid; width: 336px; }
figcaption { font-size: 12px; color: #4b4d57; }
dl { columns: 3; column-gap: 16px; font-size: 11.5px; margin: 0; }
dl div { display: flex; gap: 8px; break-inside: avoid; border-bottom: 1px solid #e6e7ea; }
dt { flex: 0 0 52%; color: #4b4d57; } dd { margin: 0; overflow-wrap: anywhere; }
.by { display: flex; gap: 24px; margin: 10px 0; } .by span { flex: 1; }
.write { display: inline-block; width: 75%; border-bottom: 1px solid #8b8d98; }
.box { border: 1px solid #8b8d98; border-radius: 4px; min-height: 80px; padding: 6px 8px;
  break-inside: avoid; }
.small { font-size: 12px; color: #4b4d57; overflow-wrap: anywhere; }
@media (max-width: 700px) { .charts { grid-template-columns: 336px; } dl { columns: 1; } }
@media print { body { margin: 0; padding: 0; max-width: none; } a { color: inherit; }
  .charts { grid-template-columns: 336px 336px; } }
"""


@dataclass(frozen=True)
class ReportTable:
    """A table: the heads of its columns, and rows of as many texts.

    Attributes
    ----------
    heads : sequence of str
    rows : sequence of sequence of str
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Report:
    """What a report says. All texts are plain; some may come from users.

    Attributes
    ----------
    title : str
        Such as "Two moons: logistic regression and MLP".
    models : sequence of (int, str)
        Place among letters and colors, and what the model is.
    verdict : sequence of str
        Sentences on which model is ahead; ``**bold**`` is understood. Empty: left out.
    scores, differing : ReportTable
        Scores of each model; the settings in which the models differ, with a column for each
        model. With one model they are left out.
    settings : mapping of str
        The settings that all models share, by label.
    charts : sequence of (str, plotly.graph_objects.Figure)
        What each shows, and the figure.
    link : str
        Address that opens the same results; empty: none.
    provenance : mapping of str
        Versions, date and machine, by name.
    notes : sequence of str
        How the scores were measured.
    """

    title: str
    models: Sequence[tuple[int, str]]
    verdict: Sequence[str]
    scores: ReportTable
    differing: ReportTable
    settings: Mapping[str, str]
    charts: Sequence[tuple[str, go.Figure]] = ()
    link: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


def report_page(report: Report) -> str:
    """Write a report as HTML; the page needs no network.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        About 5 MB where there are charts: Plotly itself stands in it, once. Charts are drawn
        in light colors, in a size of which two fit side by side on A4, and no page break cuts
        one. Name and conclusion can be typed into the page before it is printed.
    """
    models = "".join(f"<p>{_letter(place)} {escape(what)}</p>" for place, what in report.models)
    verdict = "".join(f"<p>{_with_bold(sentence)}</p>" for sentence in report.verdict)
    several = len(report.differing.heads) > 2
    differing = (
        _table(report.differing)
        if report.differing.rows
        else "<p>The models have the same settings.</p>"
    )
    settings = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in report.settings.items()
    )
    made = " · ".join(
        f"{escape(name)} {escape(value)}" for name, value in report.provenance.items() if value
    )
    body = [
        f"<h1>{escape(report.title)}</h1>",
        "<div class='by'><span>Name: <span class='write' contenteditable>&nbsp;</span></span>"
        "<span>Date: <span class='write' contenteditable>&nbsp;</span></span></div>",
        models,
        f"<h2>Result</h2><div class='verdict'>{verdict}</div>" if verdict else "",
        f"<h2>Scores</h2>{_table(report.scores)}",
        "".join(f"<p class='small'>{escape(note)}</p>" for note in report.notes),
        f"<h2>What differs</h2>{differing}" if several else "",
        _charts(report.charts),
        "<h2>My conclusion</h2><div class='box' contenteditable></div>",
        f"<h2>{'Settings of all models' if several else 'Settings'}</h2><dl>{settings}</dl>"
        if settings
        else "",
        f"<h2>Repeat this</h2><p class='small'>{_linked(report.link)}</p>" if report.link else "",
        f"<p class='small'>{made}</p>" if made else "",
    ]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>"
    )


def _letter(place: int) -> str:
    color = f"background: {MODEL_COLORS[place]}"
    return f"<span class='letter' style='{color}'>{MODEL_NAMES[place]}</span>"


def _with_bold(sentence: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(sentence))


def _linked(address: str) -> str:
    """An address as a link where it is one of the web, else as text."""
    text = escape(address)
    return f"<a href='{text}'>{text}</a>" if address.startswith(("http://", "https://")) else text


def _table(table: ReportTable) -> str:
    heads = "".join(f"<th scope='col'>{escape(head)}</th>" for head in table.heads)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _charts(charts: Sequence[tuple[str, go.Figure]]) -> str:
    if not charts:
        return ""
    drawn = "".join(
        f"<figure>{_for_paper(figure, include_plotly=i == 0)}"
        f"<figcaption>{escape(description)}</figcaption></figure>"
        for i, (description, figure) in enumerate(charts)
    )
    missing = "<noscript><p>The charts need JavaScript.</p></noscript>"
    return f"<h2>Charts</h2>{missing}<div class='charts'>{drawn}</div>"


def _for_paper(figure: go.Figure, *, include_plotly: bool) -> str:
    """A figure in light colors and in the size of a column."""
    text = figure.to_json()
    light, dark = THEMES["light"], THEMES["dark"]
    for on_dark, on_light in ((dark.ink, light.ink), (dark.paper, light.paper)):
        text = text.replace(f'"{on_dark}"', f'"{on_light}"')
        # The same color with any opacity.
        text = text.replace(rgba(on_dark, 0)[:-2], rgba(on_light, 0)[:-2])
    drawn = go.Figure(json.loads(text))
    drawn.update_layout(width=_WIDTH, height=_HEIGHT, autosize=False)
    return str(
        drawn.to_html(
            full_html=False,
            include_plotlyjs=include_plotly,
            config={"displayModeBar": False, "staticPlot": True},
        )
    )
