"""Layers: the import contract in pyproject.toml, checked by import-linter."""

import shutil
import subprocess
from pathlib import Path

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
