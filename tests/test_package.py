"""annlab as a package: contents of the wheel, and starts from the wheel and from a checkout."""

import subprocess
import sys
import urllib.request
from pathlib import Path
from zipfile import ZipFile

import psutil
import pytest

import annlab
from tests.started import environment, started

ROOT = Path(__file__).resolve().parents[1]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]

# The home page links to every page, which fails where a page is missing.
_OPEN_THE_HOME_PAGE = """
from pathlib import Path

from streamlit.testing.v1 import AppTest

import annlab

folder = Path(annlab.__file__).parent
visitor = AppTest.from_file(str(folder / "app" / "streamlit_app.py"), default_timeout=60).run()
assert not visitor.exception, visitor.exception
assert len(visitor.get("page_link")) > len(list((folder / "app" / "pages").glob("*.py"))) > 0

from annlab.ui.services import services

services().close()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout with the installed build tools."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", str(ROOT)]
    subprocess.run([*command, "--wheel-dir", str(folder)], check=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install only the wheel into an empty folder."""
    folder = tmp_path_factory.mktemp("installed")
    command = [*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run(command, check=True)
    return folder


def _starts(packages: Path, folder: Path) -> None:
    """Start the app in an empty folder, and check a page and where it listens."""
    with started(packages, folder) as server:
        with urllib.request.urlopen(f"{server.url}/compare", timeout=5) as answer:
            assert b"<title>Streamlit</title>" in answer.read()
        connections = psutil.Process(server.process.pid).net_connections()
        listening = {at.laddr.ip for at in connections if at.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}  # though no address was named
    # Streamlit prints this unless annlab's settings apply.
    assert "usage statistics" not in server.log.read_text()


def test_the_wheel_holds_all_files_of_annlab(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "annlab").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"annlab/py.typed", "annlab/ui/icon.svg", "annlab/ui/pictures/bench.png"} <= expected
    at_the_top = ["streamlit_app.py", ".streamlit/config.toml"]
    at_the_top += [f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")]
    expected |= {f"annlab/app/{name}" for name in at_the_top}
    about = f"annlab-{annlab.__version__}.dist-info/"
    assert {name for name in names if not name.startswith(about)} == expected
    assert f"{about}licenses/LICENSE" in names


def test_an_installed_annlab_starts_anywhere(installed: Path, tmp_path: Path) -> None:
    _starts(installed, tmp_path)


def test_an_installed_annlab_has_all_pages(installed: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", _OPEN_THE_HOME_PAGE],
        cwd=tmp_path,
        env=environment(installed, tmp_path),
        check=True,
        timeout=120,
    )


def test_a_checkout_starts_from_any_folder(tmp_path: Path) -> None:
    _starts(ROOT, tmp_path)
