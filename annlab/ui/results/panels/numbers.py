"""Numbers tab: the numbers of every chart on the page, as tables."""

import streamlit as st

from annlab.figures import ReportTable, chart_table
from annlab.ui.layout import table
from annlab.ui.results.charts import charts_of_results
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown


def draw_numbers(view: ResultsView) -> None:
    """Draw a list of the charts and the table of the selected one."""
    charts = charts_of_results()
    chosen = st.selectbox(
        "Chart",
        list(charts),
        format_func=lambda key: charts[key][0],
        key="numbers-chart",
        help="Long curves are thinned to 41 rows, surfaces to 11 × 11.",
    )
    if not chosen:
        return
    found = chart_table(charts[chosen][1])
    if found.rows:
        table(_markdown(found))
    else:
        st.caption("This chart has no numbers of its own.")


def _markdown(found: ReportTable) -> str:
    lines = [[escape_markdown(head) for head in found.heads], ["---"] * len(found.heads)]
    lines += [[escape_markdown(cell) for cell in row] for row in found.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
