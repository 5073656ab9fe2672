"""Modules that importing annlab loads, each in a fresh process."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from annlab.ui.shell import PAGES

ROOT = Path(__file__).resolve().parents[1]

HEAVY = (
    "torch",
    "pytorch_lightning",
    "sklearn",
    "pandas",
    "pooch",
    "scipy",
    "streamlit",
    "plotly",
    "nbformat",
    "tensorboard",
)


def loaded(code):
    """List the heavy packages that a fresh process imports while running some code."""
    report = f"import sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_importing_annlab_imports_nothing_heavy():
    assert loaded("import annlab") == set()


@pytest.mark.parametrize(
    "code",
    [
        "from annlab.lessons.experiments import EXPERIMENTS",
        "from annlab import RunConfig; RunConfig().digest; RunConfig.from_url('data=iris')",
        "import annlab.nn.forward, annlab.runs.run, annlab.analysis.evaluation, annlab.datasets",
        "from annlab import compare",
        "import annlab.search.run_search, annlab.search.replay, annlab.search.variance, "
        "annlab.search.presets, annlab.search.export, annlab.search.table_rows",
    ],
)
def test_describing_runs_imports_nothing_heavy(code):
    assert loaded(code) == set()


def test_drawing_a_search_does_without_scipy():
    code = """
from annlab.ui.search.search_results import picture, race_curves
from annlab.ui.text.search_text import found_text, luck_text
from tests.search.tables import random_table
table = random_table()
assert "interval" in luck_text(table) and found_text(table)
for name in ("heatmap", "slices", "lines"):
    picture(table.to_bytes(), name, (0,), "light")
assert race_curves(table.to_bytes(), 5, (), is_true=True)
"""
    assert loaded(code) <= {"streamlit", "plotly"}


def test_scoring_a_run_does_without_torch(binary_run, tmp_path):
    path = tmp_path / "run.safetensors"
    binary_run.save(path)
    code = f"from annlab import Run, evaluate; print(evaluate(Run.load({str(path)!r})).accuracy)"
    packages = loaded(code)
    assert "sklearn" in packages  # scikit-learn makes and splits the samples
    assert not packages & {"torch", "pytorch_lightning", "streamlit", "plotly"}


def test_importing_train_imports_torch():
    # The control: the check detects torch when it is imported.
    assert {"torch", "pytorch_lightning"} <= loaded("from annlab import train")


def test_a_page_starts_before_it_imports_the_core():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import annlab.ui.shell, sys; print(*(m for m in sys.modules if 'annlab' in m))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    small = {"annlab", "annlab.host", "annlab.host.garbage", "annlab.ui", "annlab.ui.shell"}
    assert set(done.stdout.split()) == small


@pytest.mark.parametrize("page", [page.file for page in PAGES.values()])
def test_a_page_shows_its_text_before_it_imports_the_rest(page):
    before = re.split(r"heading\(\n|st\.markdown\(", (ROOT / page).read_text())[0]
    imports = re.findall(r"^(?:from|import) (\S+)", before, re.M)
    assert [name for name in imports if name != "streamlit"] == ["annlab.ui.shell"]


def test_public_names():
    import annlab

    assert dir(annlab) == sorted(annlab.__all__)
    for name in annlab.__all__:
        assert callable(getattr(annlab, name))
    with pytest.raises(AttributeError, match="module 'annlab' has no attribute 'trian'"):
        _ = annlab.trian
