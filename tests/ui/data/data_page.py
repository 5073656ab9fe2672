"""Helpers that open the page of one's own data with AppTest, and read it."""

import hashlib
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from annlab.ui.browser import BROWSER_KEY
from annlab.ui.services import Services
from tests.store.own import ANNA
from tests.ui.visitor import ROOT, text_of


def visit_as(key: str | None, page: str = "pages/data.py", **query: str) -> AppTest:
    """Open a page as a browser with a key."""
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    visitor.switch_page(page)
    for name, value in query.items():
        visitor.query_params[name] = value
    if key:
        visitor.session_state[BROWSER_KEY] = key
    return wait(visitor.run())


def wait(visitor: AppTest) -> AppTest:
    """Run until nothing is computed any more: a fragment does not poll by itself here."""
    for _ in range(100):
        assert not visitor.exception
        if not any("…" in caption.value for caption in visitor.caption):
            return visitor
        visitor.run()
    raise AssertionError(text_of(visitor.caption))


def open_file(server: Services, data: bytes, title: str = "own.csv") -> AppTest:
    """Load a file as Anna and open it."""
    server.own_data.add_file(ANNA, data, title)
    return visit_as(ANNA, file=hashlib.sha256(data).hexdigest())


def button(visitor: AppTest, label: str) -> Any:
    return next(button for button in visitor.button if button.label == label)


def select(visitor: AppTest, label: str) -> Any:
    return next(box for box in visitor.selectbox if box.label == label)


def columns(visitor: AppTest) -> dict[str, Any]:
    """Rows of the table of columns, by name."""
    rows: Any = visitor.dataframe[0].value.to_dict("records")
    return {row["Column"]: row for row in rows}


def first_rows(visitor: AppTest) -> pd.DataFrame:
    """First rows as understood, under their numbers in the file; the columns have their names."""
    rows = visitor.dataframe[-1].value.set_index("Row")
    return rows.set_axis(list(columns(visitor)), axis=1)
