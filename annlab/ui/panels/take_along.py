"""What can be taken along: a button for each entry of `EXPORTS`."""

from functools import partial

import streamlit as st

from annlab.exports import EXPORTS
from annlab.figures import charts_page
from annlab.ui import charts
from annlab.ui.frame import cells, theme
from annlab.ui.panels.panel import Shown


def draw_take_along(shown: Shown) -> None:
    """A button for each file of each model."""
    for i, cell in enumerate(cells(len(shown.runs))):
        run = shown.runs[i]
        with cell:
            st.markdown(shown.title(i))
            for export in EXPORTS:
                st.download_button(
                    export.label,
                    partial(export.make, run),
                    f"model_{shown.name(i).lower()}{export.ending}",
                    export.mime,
                    key=f"download-{shown.places[i]}{export.ending}",
                    icon=":material/download:",
                    on_click="ignore",
                )
    title = f"{shown.spec.label} · annlab"
    st.download_button(
        "All charts of this page, interactive",
        partial(charts_page, list(charts.drawn().values()), title, theme()),
        "charts.html",
        "text/html",
        key="download-charts",
        icon=":material/download:",
        on_click="ignore",
        help="One file that opens in any browser, with or without a network",
    )
    st.caption(
        "Weights and settings come back on the page Compare, settings also beside a bench; in "
        "Python with `Run.load(path)`, with the same scores, and with "
        "`RunConfig.model_validate_json(text)`. Unpacked, the logs are shown by "
        "`tensorboard --logdir .`, a curve for each network. Scripts and notebook need no annlab; "
        "the scripts can be read under Code."
    )
