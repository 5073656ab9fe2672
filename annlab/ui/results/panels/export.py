"""Export tab: report, all charts, and a button for each entry of `EXPORTS`."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from annlab.exports import EXPORTS
from annlab.figures import MODEL_NAMES, charts_page, report_page
from annlab.ui.browser import theme
from annlab.ui.components.film_page import film_page
from annlab.ui.layout import grid
from annlab.ui.results.charts import charts_on_page, metas_on_page
from annlab.ui.results.film import film_data
from annlab.ui.results.heads import head_of
from annlab.ui.results.panels.homework import report_of
from annlab.ui.results.view import ResultsView, in_order
from annlab.ui.text.model_head import head_html


def _film(view: ResultsView) -> Callable[[], str]:
    """Function that makes the film's page; it is called outside the session."""
    views = [view, *view.elsewhere]
    return partial(
        film_page,
        film_data(views, view.state.view("score")),
        [head_html(head_of(of_model, i)) for of_model, i in in_order(views)],
        {key: figure for key, (_, figure) in charts_on_page().items()},
        {key: dict(meta) for key, meta in metas_on_page().items()},
        f"{view.spec.label} · annlab",
    )


def draw_export(view: ResultsView) -> None:
    """Draw the download buttons of the report, the charts and each model's files."""
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
        st.download_button(
            "Film",
            _film(view),
            "film.html",
            "text/html",
            key="download-film",
            icon=":material/movie:",
            on_click="ignore",
            help="The training of all models as a film, in one file that plays without a server",
        )
    for i, cell in enumerate(grid(len(view.runs))):
        run = view.runs[i]
        with cell:
            st.markdown(view.title(i))
            for export in EXPORTS:
                st.download_button(
                    export.label,
                    partial(export.make, run),
                    f"model_{MODEL_NAMES[view.places[i]].lower()}{export.ending}",
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
