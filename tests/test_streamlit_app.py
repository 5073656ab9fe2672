"""Home page, and requirements of all pages."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run, RunConfig, __version__
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.services import Services
from annlab.ui.shell import ICON, PAGES
from tests.stored import keep
from tests.ui.visitor import ROOT, heads, serving, text_of, visit

# Pages that open with trained models.
WITH_RESULTS = {*DEFAULTS, "compare"}

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, trained: Callable[[RunConfig], Run]) -> str:
    """Build a database with the runs that the pages open with."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    keep([trained(run) for entry in DEFAULTS.values() for run in entry.runs], url)
    return url


@pytest.fixture
def server(database: str) -> Iterator[Services]:
    with serving(database) as made:
        yield made


def _links(visitor: AppTest) -> list[str]:
    return [element.proto.page for element in visitor.get("page_link")]


def test_every_page_file_is_registered() -> None:
    files = {"streamlit_app.py", *(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))}
    assert {page.file for page in PAGES.values()} == files
    assert Path(ICON).is_file()


def test_every_page_opens_by_itself(server: Services) -> None:
    for name, page in PAGES.items():
        visitor = visit(page.file)
        assert not visitor.exception, name
        assert name not in WITH_RESULTS or len(heads(visitor)) >= 2, f"{name} opens without runs"
        assert not visitor.error, name
        assert len(visitor.title) == 1, name
        # Every page links to every page.
        assert set(PAGES) - {"home"} <= set(_links(visitor)), name


def test_the_home_page_asks_what_each_page_answers(server: Services) -> None:
    texts = text_of(visit("streamlit_app.py").markdown)
    for page in PAGES.values():
        assert page.question in texts
        assert page.question or page.file == "streamlit_app.py"


def test_the_home_page_names_the_version(server: Services) -> None:
    assert f"annlab {__version__}" in text_of(visit("streamlit_app.py").caption)


def test_the_home_page_preloads_the_chart_library(server: Services) -> None:
    home = visit("streamlit_app.py")
    (unseen,) = home.get("plotly_chart")
    assert json.loads(unseen.proto.spec)["data"] == []
    assert not home.run().get("plotly_chart")  # the library is already loaded


def test_visible_charts_replace_the_preloading_chart(server: Services) -> None:
    for name, page in PAGES.items():
        if name not in ("home", "search", "data"):  # these draw charts of what a visitor does
            charts = visit(page.file).get("plotly_chart")
            assert charts, name
            assert all(json.loads(chart.proto.spec)["data"] for chart in charts), name


# Opens every page and every panel, and prints the heavy packages that this imported. The
# scheduler starts as usual, without workers to save time.
_VISIT_ALL = """
import sys

from annlab.jobs.worker_processes import WorkerProcesses

WorkerProcesses.start = lambda self: None

from streamlit.testing.v1 import AppTest

from annlab.lessons.experiments import DEFAULTS
from annlab.ui.shell import PAGES
from annlab.ui.results.panels import PANELS
from annlab.ui.services import services
from tests.ui.visitor import heads

visitor = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
assert not visitor.exception
for name, page in PAGES.items():
    visitor.query_params.clear()  # a browser goes to a page without those of the last
    visitor.switch_page(page.file).run()
    assert not visitor.exception, page
    if name in {*DEFAULTS, "compare"}:
        assert len(heads(visitor)) >= 2, "no results: what the page opens with must be stored"
        state = next(box.key for box in visitor.selectbox if box.key.endswith("-network"))
        for panel in PANELS:  # a tab that another page has stays without effect
            if panel.title == "Inside":
                continue  # whether classes are separable is decided by SciPy
            visitor.session_state[state.removesuffix("network") + "panel"] = panel.title
            visitor.run()
            assert not visitor.exception, (page, panel)
    heavy = {"torch", "pytorch_lightning", "sklearn", "scipy", "pandas"}
    heavy |= {"matplotlib", "tensorboardX"}
    assert not heavy & set(sys.modules), (page, heavy & set(sys.modules))
assert services().queue.n_started == 0
services().close()
"""


def test_no_page_needs_torch_or_other_heavy_packages(database: str) -> None:
    environment = {**os.environ, "ANNLAB_DATABASE_URL": database, "ANNLAB_WORKERS": "1"}
    environment.pop("ANNLAB_SCHEDULER", None)
    done = subprocess.run(
        [sys.executable, "-c", _VISIT_ALL],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
