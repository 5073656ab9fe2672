"""Layers: the import contract in pyproject.toml, checked by import-linter; no circles."""

import shutil
import subprocess
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["lint-imports", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_imports_follow_the_layer_contract() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_the_layer_contract_detects_a_wrong_import(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "annlab", tmp_path / "annlab")
    with (tmp_path / "annlab" / "figures" / "curves.py").open("a") as file:
        file.write(
            "\nimport annlab.training.train\nimport torch\n"
            "import streamlit\nimport annlab.ui.train.progress\n"
        )
    result = lint(tmp_path)
    assert result.returncode != 0
    assert result.stdout.count("BROKEN") == 5


def in_order(package: str) -> tuple[str, ...]:
    """All modules of a package, each after those it imports."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=False, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    # Public names are imported from the root when first used.
    imports[package] = set()
    return tuple(TopologicalSorter(imports).static_order())


def test_no_modules_import_each_other_in_a_circle() -> None:
    order = in_order("annlab")
    assert order.index("annlab.runs.run_file") < order.index("annlab.runs.run")


def test_a_circle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "in_a_circle"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "a.py").write_text("import in_a_circle.b\n")
    (package / "b.py").write_text("def later():\n    import in_a_circle.a\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CycleError):
        in_order("in_a_circle")
