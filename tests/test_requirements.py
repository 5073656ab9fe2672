"""Dependencies of annlab: pyproject.toml, requirements, constraints and conda agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
# Where PyTorch keeps its builds for CPUs.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def _lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _pins(name: str) -> dict[str, str]:
    """Version of each package that a file pins."""
    pins = [re.fullmatch(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", line) for line in _lines(name)]
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def test_everything_is_pinned_exactly() -> None:
    files = {"-c constraints.txt", "-r requirements.txt"}
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        assert len(_pins(name)) == len(set(_lines(name)) - files), name


def test_the_constraints_have_the_same_pins() -> None:
    everything = _pins("constraints.txt")
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "-c constraints.txt" in _lines(name)
        assert _pins(name).items() <= everything.items(), name


def test_package_dependencies_match_the_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [Requirement(text) for text in project["dependencies"]]
    pins = _pins("requirements.txt")
    assert {canonicalize_name(entry.name) for entry in needed} == set(pins)
    for entry in needed:
        assert [bound.operator for bound in entry.specifier] == [">="], entry
        assert pins[canonicalize_name(entry.name)] in entry.specifier, entry


def test_the_conda_environment_differs_only_in_the_build_of_torch() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    python, pip, by_pip = environment["dependencies"]
    # pip runs in the folder of environment.yml, and finds the pins and constraints there.
    assert by_pip == {"pip": [f"--extra-index-url {CPU_INDEX}", "-r requirements.txt"]}
    assert pip == "pip"
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert python == oldest.replace(">=", "python=")


@pytest.mark.parametrize("name", ["README.md", "docs/hosting.md"])
def test_the_documents_name_the_same_index_for_cpus(name: str) -> None:
    assert f"--extra-index-url {CPU_INDEX}" in (ROOT / name).read_text()
