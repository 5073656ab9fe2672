"""The notebook runs from top to bottom and prints the score."""

import re
import subprocess
import sys

import nbformat
import pytest

from annlab.exports.notebook import notebook
from tests.exports.configs import DEFAULT, EXACT, FROM_FILES
from tests.exports.scripts import Printed, Train, assert_same_score, environment

NAME = "early stopping with weight decay"  # deterministic, with a validation split

# In a subprocess, which separates its warnings from those of the test.
_DRIVER = """
import sys, nbformat
from nbclient import NotebookClient
path = sys.argv[1]
done = NotebookClient(nbformat.read(path, as_version=4), timeout=120).execute()
nbformat.write(done, path)
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The notebook with its outputs."""
    folder = tmp_path_factory.mktemp("notebook")
    path = folder / "model_a.ipynb"
    path.write_text(notebook(EXACT[NAME]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", _DRIVER, path],
        cwd=folder,
        env={**environment(), "IPYTHONDIR": str(folder / "ipython")},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return nbformat.read(path, as_version=4)


@pytest.mark.slow
def test_notebook_runs_and_prints_the_score(
    executed: nbformat.NotebookNode, trained: Train
) -> None:
    cells = {cell.id: cell for cell in executed.cells}
    (said,) = [output.text for output in cells["code-5"].outputs if output.name == "stdout"]
    assert_same_score(NAME, Printed(said, []), trained)


@pytest.mark.slow
def test_a_notebook_ends_with_the_learning_curve(executed: nbformat.NotebookNode) -> None:
    shown = [
        output for output in executed.cells[-1].outputs if "image/png" in output.get("data", {})
    ]
    assert len(shown) == 1


def test_the_same_run_makes_the_same_notebook() -> None:
    written = notebook(EXACT["a scaled target"])
    assert written == notebook(EXACT["a scaled target"])
    read = nbformat.reads(written, as_version=4)
    nbformat.validate(read)
    headings = [cell.source.split("\n")[0] for cell in read.cells if cell.cell_type == "markdown"]
    assert headings == [
        "# Diabetes: No hidden layer",
        "## Imports and seed",
        "## Data",
        "## Network",
        "## Training",
        "## Score",
        "## Learning curve",
    ]


def test_a_notebook_installs_what_it_imports() -> None:
    for config in (EXACT[NAME], FROM_FILES["fashion_mnist"]):
        cells = nbformat.reads(notebook(config), as_version=4).cells
        install, imports = [cell.source for cell in cells if cell.cell_type == "code"][:2]
        installed = set(re.findall(r"[\w-]+", install))
        for package in re.findall(r"^(?:import|from) (\w+)", imports, flags=re.MULTILINE):
            by_pip = {"sklearn": "scikit-learn", "pytorch_lightning": "pytorch-lightning"}
            assert by_pip.get(package, package) in installed | sys.stdlib_module_names
    assert "pooch" in installed


def test_a_notebook_says_how_annlab_measures() -> None:
    *_, about, _ = nbformat.reads(notebook(EXACT[NAME]), as_version=4).cells
    assert "annlab measures after each epoch, with dropout switched off" in about.source
    assert "So does the curve `val_loss` here." in about.source
    *_, about, _ = nbformat.reads(notebook(DEFAULT), as_version=4).cells
    assert "So does" not in about.source  # only the training loss of Lightning is available
