"""Plain American English: British spellings and translated phrases are not allowed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted(
    path
    for folder in (*("annlab", "pages", "docs", "tests"), ".")
    for pattern in ("*.py", "*.md")
    for path in ((ROOT / folder).rglob(pattern) if folder != "." else ROOT.glob(pattern))
    if path != Path(__file__).resolve() and not {"data", "__pycache__"} & set(path.parts)
)
# `CancelledError` is a name of Python, and "cancelled" in quotes a state of a Dask future.
BRITISH = re.compile(
    "colour|neighbour|behaviour|favour|centre(?!d)|centring|grey|learnt|analyse|labelled(?!by)|"
    'modelling|cancelled(?!error|")|catalogue',
    re.I,
)
# -ise and -isation of the words that occur here; "raise", "noise" and "precise" are fine.
ISE = re.compile(
    r"(initial|normal|standard|general|regular|optim|minim|maxim|visual|serial|organ|summar|"
    r"recogn|categor|parametr|random)is(e|es|ed|er|ers|ing|ation)\b",
    re.I,
)
PHRASES = (
    *("makes no sense", "make no sense", "take along", "of others' making", "anyhow"),
    *("let go of", "is no setting", "learnt by heart", "every so many-th", "so many bytes"),
    *("what is not there", "makings", "the first weights", "no business of"),
)


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found.group(0) for found in pattern.finditer(text)]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_american_spelling_and_plain_phrases(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = _found(BRITISH, text) + _found(ISE, text)
    found += [phrase for phrase in PHRASES if phrase in text.lower()]
    assert not found


def test_the_word_lists_detect_examples() -> None:
    assert _found(BRITISH, "The Colour of a neighbour") == ["Colour", "neighbour"]
    assert _found(ISE, "Initialiser, raise, noise, normalised") == ["Initialiser", "normalised"]
    assert len(TEXTS) > 200
