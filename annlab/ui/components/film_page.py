"""The film as one HTML file that plays without a server."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from annlab.figures import compact
from annlab.figures.base.theme import THEMES
from annlab.ui.components.film import FILM_SCRIPT
from annlab.ui.components.sources import source
from annlab.ui.shell import PAGE_STYLE

_STYLE = """
body { margin: 1rem auto; max-width: 75rem; padding: 0 1rem; font-family: sans-serif;
  --st-primary-color: #0b6e4f; --st-border-color: #8888; --st-font: sans-serif;
  --st-text-color: currentColor; }
.st-key-stage { display: grid; gap: 0.8rem;
  grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); }
[class^=st-key-] { position: relative; }
"""


def film_page(
    data: Mapping[str, Any],
    heads: Sequence[str],
    charts: Mapping[str, go.Figure],
    metas: Mapping[str, Mapping[str, Any]],
    title: str,
) -> str:
    """Return an HTML page with the film bar over the charts it plays; it works offline.

    Parameters
    ----------
    data : mapping
        As for `annlab.ui.components.film.film_bar`.
    heads : sequence of str
        Head of each model of the film, as HTML.
    charts : mapping of plotly.graph_objects.Figure
        All charts of the film by their keys.
    metas : mapping
        Facts for the film of each chart, by key.
    title : str
        Title of the page.

    Returns
    -------
    str
        HTML of about 5 MB, because it contains Plotly.
    """
    last = data["epochs"][-1]
    parts = []
    with_plotly = True
    for model, head in zip(data["models"], heads, strict=True):
        key = model["picture"]
        chart = _chart(key, charts, metas.get(key, {}), "", with_plotly)
        parts.append(f"<section>{head}{chart}</section>")
        with_plotly = False
    for curve in data["curves"]:
        key = curve["chart"]
        name = key.removeprefix("curves-").capitalize()
        parts.append(f"<section>{_chart(key, charts, metas.get(key, {}), name, False)}</section>")
    # "</" would end the script.
    film = json.dumps(json.dumps(data)).replace("</", "<\\/")
    ink, paper = data["ink"], data["paper"]
    scheme = "dark" if paper == THEMES["dark"].paper else "light"
    colors = f"color: {ink}; background: {paper}; --st-background-color: {paper}"
    colors += f"; color-scheme: {scheme}"
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>
<style>{PAGE_STYLE}{source("film.css")}{_STYLE}</style></head>
<body style="{colors}"><h1>{escape(title)}</h1>
<main class="st-key-stage">{"".join(parts)}</main>
<i hidden data-film-at="{last}"></i><div id="film">{source("film.html")}</div>
<script type="module">
{FILM_SCRIPT.replace("export default function", "function film")}
const parentElement = document.querySelector("#film");
film({{ data: {{ film: {film} }}, parentElement, setTriggerValue: () => {{}} }});
</script></body></html>"""


def _chart(
    key: str,
    charts: Mapping[str, go.Figure],
    meta: Mapping[str, Any],
    title: str,
    with_plotly: bool,
) -> str:
    figure = compact(charts[key], meta, title=title)
    html: str = figure.to_html(
        full_html=False,
        default_height="340px",
        include_plotlyjs=with_plotly,
        config={"displaylogo": False, "displayModeBar": False, "responsive": True},
    )
    return f"<div class='st-key-{escape(key, quote=True)}'>{html}</div>"
