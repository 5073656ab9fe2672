"""README and documents: examples run, named files exist, commands match the CI."""

import re
from pathlib import Path

import pytest
from sklearn.datasets import load_wine

from annlab.environment import Environment

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
# The README and the documents that it links to.
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example, _ = EXAMPLES
    exec(example, {})
    accuracies = [float(number) for number in re.findall(r"\d\.\d*", capsys.readouterr().out)]
    assert len(accuracies) == 10
    assert sorted(accuracies)[5] >= 0.99


def test_the_comparison_example_prints_the_documented_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, example = EXAMPLES
    exec(example, {})
    printed = " ".join(capsys.readouterr().out.split())
    said = " ".join(README.split("```")[4].split())
    # Another processor may round differently, so the words must be equal and the numbers close.
    numbers = [[float(n) for n in re.findall(r"\d+\.\d", text)] for text in (printed, said)]
    assert numbers[0] == pytest.approx(numbers[1][: len(numbers[0])], abs=1.0)
    words = [re.sub(r"\d+\.\d", "#", text) for text in (printed, said)]
    assert words[1].startswith(words[0])


def test_the_examples_of_many_settings_run(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "many-settings.md").read_text()
    many, a_search, a_range_test = re.findall(r"```python\n(.*?)```", text, flags=re.S)
    exec(many, {})
    assert len(capsys.readouterr().out.splitlines()) == 3
    exec(a_search, {})
    assert "Settings account for" in capsys.readouterr().out
    exec(a_range_test, {})
    assert "steepest" in capsys.readouterr().out


def test_the_example_of_own_arrays_runs(capsys: pytest.CaptureFixture[str]) -> None:
    section = (ROOT / "docs" / "own-files.md").read_text().partition("## Arrays in Python")[2]
    (example,) = re.findall(r"```python\n(.*?)```", section, flags=re.S)
    exec(example, {})
    accuracies = [float(number) for number in re.findall(r"\d\.\d*", capsys.readouterr().out)]
    assert len(accuracies) == 5
    # The sign of a product: a line is right on half of the samples.
    assert sorted(accuracies)[2] > 0.9


def test_the_example_of_own_files_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    load_wine(as_frame=True).frame.to_csv("wine.csv", index=False)
    text = (ROOT / "docs" / "own-files.md").read_text().partition("## Limits")[0]
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.S)
    exec(example, {})
    said = capsys.readouterr().out
    assert "'proline'" in said
    assert "(178, 13)" in said


def test_the_ci_runs_the_test_command() -> None:
    command = "pip install -r requirements-dev.txt && pytest"
    assert f"    {command}\n" in README
    assert f"\n{command}\n" in (ROOT / ".ci" / "run").read_text()


def test_the_first_command_listens_on_the_loopback_only() -> None:
    (command,) = re.findall(r"^    .*(streamlit run .+)$", README, re.M)
    assert command == "streamlit run streamlit_app.py --server.address 127.0.0.1"
    assert f"    {command}\n" in (ROOT / "CONTRIBUTING.md").read_text()


def test_the_readme_fits_on_two_screens() -> None:
    assert len(README.splitlines()) <= 90
    assert "![" in README.partition("## Run it")[0]  # an image comes first


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_named_in_documents_exist(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.S)
    for path in re.findall(r"`((?:annlab|docs|pages|tests)/[\w/.-]*)`", text):
        assert (ROOT / path).exists(), path
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert link.startswith("https://") or (document.parent / link).exists(), link


def test_the_readme_links_to_every_document() -> None:
    named = {ROOT / link for link in re.findall(r"\]\(([\w/-]+\.md)\)", README)}
    assert named == {*DOCUMENTS} - {ROOT / "README.md"}


def test_the_architecture_tree_lists_every_package() -> None:
    tree = (ROOT / "docs" / "architecture.md").read_text().split("```")[3]
    rooms = {
        f"{path.name}/" if path.is_dir() else path.name
        for folder in (ROOT / "annlab", ROOT / "annlab" / "ui")
        for path in folder.iterdir()
        if path.is_dir() or path.suffix in (".py", ".css")
    } - {"__pycache__/", "pictures/"}
    assert {*re.findall(r"[├└]── (\S+)", tree)} == rooms


def test_the_hooks_run_the_checks_of_the_ci() -> None:
    hooks = re.findall(r"^ +entry: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(), re.M)
    assert len(hooks) == 4
    assert (ROOT / ".ci" / "run").read_text().endswith("\n".join(["", *hooks, ""]))


def test_every_environment_variable_is_documented() -> None:
    used = [f"ANNLAB_{name.upper()}" for name in Environment.model_fields]
    explained = re.findall(
        r"^\| `(ANNLAB_\w+)` \|", (ROOT / "docs" / "hosting.md").read_text(), re.M
    )
    assert sorted(explained) == sorted(used)
