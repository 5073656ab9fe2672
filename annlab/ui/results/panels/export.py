"""Exports: a button for each entry of `EXPORTS`, all charts, and the report."""

from functools import partial

import streamlit as st

from annlab.exports import EXPORTS
from annlab.figures import charts_page, report_page
from annlab.ui.results.charts import charts_on_page
from annlab.ui.results.panels.homework import report_of
from annlab.ui.results.view import ResultsView
from annlab.ui.shell import cells, theme


def draw_export(view: ResultsView) -> None:
    """The report, all charts, and each file of each model."""
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            partial(report_page, report_of(view)),
            "report.html",
            "text/html",
            key="download-report",
            icon=":material/description:",
            type="primary",
            on_click="ignore",
            help="One page with result, scores, settings, charts and link; to print or hand in",
        )
        st.download_button(
            "All charts",
            partial(
                charts_page,
                list(charts_on_page().values()),
                f"{view.spec.label} · annlab",
                theme=theme(),
            ),
            "charts.html",
            "text/html",
            key="download-charts",
            icon=":material/download:",
            on_click="ignore",
            help="The interactive charts of this page in one file that works offline",
        )
    for i, cell in enumerate(cells(len(view.runs))):
        run = view.runs[i]
        with cell:
            st.markdown(view.title(i))
            for export in EXPORTS:
                st.download_button(
                    export.label,
                    partial(export.make, run),
                    f"model_{view.name(i).lower()}{export.ending}",
                    export.mime,
                    key=f"download-{view.places[i]}{export.ending}",
                    icon=":material/download:",
                    on_click="ignore",
                    help=export.help or None,
                )
    st.caption(
        "To reload: upload weights or settings on the Compare page, or in Python call "
        "`Run.load(path)` or `RunConfig.model_validate_json(text)`. Scripts and notebook need no "
        "annlab; read them in the Code tab."
    )
