"""The image: what is copied is all that the app needs, and its health check tells the truth."""

import re
import shlex
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.started import free_port, started

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()


def _copied() -> list[str]:
    """Sources of all COPY lines, without a slash at the end."""
    lines = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M)
    return [source.rstrip("/") for line in lines for source in line.split()]


def _check(port: int, base_path: str) -> int:
    """Exit status of the health check in a container's environment."""
    shell = re.search(r"HEALTHCHECK.*?CMD (.+?)\n", DOCKERFILE, re.S)[1]
    variables = {"STREAMLIT_SERVER_BASE_URL_PATH": base_path} if base_path else {}
    done = subprocess.run(
        ["/bin/sh", "-c", shell.replace(":8501", f":{port}")],
        env={"PATH": str(Path(shutil.which("python")).parent), **variables},
        capture_output=True,
        check=False,
    )
    return done.returncode


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with the files that the Dockerfile copies."""
    folder = tmp_path / "app"
    folder.mkdir()
    for source in _copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / source)
        else:
            shutil.copy(ROOT / source, folder / source)
    return folder


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    assert IGNORED[1] == "*"
    kept = [line[1:].rstrip("/") for line in IGNORED if line.startswith("!")]
    assert sorted(kept) == sorted(_copied())
    assert "tests" not in kept
    # A host's passwords may lie beside the settings.
    assert ".streamlit/secrets.toml" in IGNORED


def test_the_image_is_pinned_and_runs_as_a_user() -> None:
    assert re.search(r"^FROM python:3\.\d+\.\d+-slim-\w+$", DOCKERFILE, re.M)
    assert "--requirement requirements.txt" in DOCKERFILE
    user = re.search(r"^USER (\w+)$", DOCKERFILE, re.M)[1]
    assert f"useradd --create-home {user}" in DOCKERFILE
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")
    assert shlex.split(re.search(r"^CMD \[(.+)\]$", DOCKERFILE, re.M)[1].replace(",", " ")) == [
        *("python", "-m", "annlab")
    ]


@pytest.mark.parametrize("base_path", ["", "annlab"])
def test_the_copied_files_are_enough_and_the_health_check_sees_it(
    base_path: str, image: Path, tmp_path: Path
) -> None:
    with started(image, tmp_path, f"/{base_path}" if base_path else "") as server:
        with urllib.request.urlopen(f"{server.url}/compare", timeout=5) as answer:
            assert b"<title>Streamlit</title>" in answer.read()
        assert _check(server.port, base_path) == 0
    assert "usage statistics" not in server.log.read_text()
    assert _check(server.port, base_path) == 1


def test_the_health_check_fails_where_nobody_listens() -> None:
    assert _check(free_port(), "") == 1
