"""The README's promises: its example runs, its commands are those of the CI."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example, _ = EXAMPLES
    exec(example, {})
    accuracies = [float(number) for number in re.findall(r"\d\.\d*", capsys.readouterr().out)]
    assert len(accuracies) == 10
    assert sorted(accuracies)[5] >= 0.99


def test_the_comparison_says_what_is_printed_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    _, example = EXAMPLES
    exec(example, {})
    printed = " ".join(capsys.readouterr().out.split())
    said = " ".join(README.split("```")[4].split())
    # Another processor may round otherwise: the words are the same, and about the numbers.
    numbers = [[float(n) for n in re.findall(r"\d+\.\d", text)] for text in (printed, said)]
    assert numbers[0] == pytest.approx(numbers[1][: len(numbers[0])], abs=1.0)
    words = [re.sub(r"\d+\.\d", "#", text) for text in (printed, said)]
    assert words[1].startswith(words[0])


def test_the_ci_runs_the_test_command() -> None:
    command = "pip install -r requirements-dev.txt && pytest"
    assert f"    {command}\n" in README
    assert f"\n{command}\n" in (ROOT / ".ci" / "run").read_text()


def test_what_the_readme_names_is_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    files = re.findall(r"`((?:annlab|pages|tests)/[\w/.]+)`", README)
    assert pictures
    for path in [*pictures, *files]:
        assert (ROOT / path).exists(), path


def test_every_environment_variable_is_explained() -> None:
    used = set()
    for path in (ROOT / "annlab").rglob("*.py"):
        used |= set(re.findall(r'"(ANNLAB_\w+)"', path.read_text()))
    explained = set(re.findall(r"`(ANNLAB_\w+)`", README))
    assert explained == {*used, "ANNLAB_TEST_POSTGRESQL_URL"}  # the last is for the tests alone
