"""Names of models: in links, cleaned, in place of letters."""

import pytest
import streamlit as st

from annlab.ui.text.markdown import badge, colored, letter
from annlab.ui.text.model_names import (
    MAX_LENGTH,
    clean,
    given_names,
    model_name,
    name_models,
    names_from_link,
    names_in_link,
)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


@pytest.mark.parametrize("names", [{}, {0: "Line"}, {1: "Bends"}, {0: "a b", 3: "Ω"}])
def test_names_come_back_from_a_link(names: dict[int, str]) -> None:
    assert names_from_link(names_in_link(names)) == names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words ", "two words"),
        ("a|b\n\x00c", "abc"),
        ("x" * 50, "x" * MAX_LENGTH),
        ("", ""),
    ],
)
def test_names_are_cleaned(typed: str, kept: str) -> None:
    assert clean(typed) == kept
    assert names_from_link(typed.replace("|", "")).get(0, "") == kept


def test_a_link_has_no_more_names_than_models() -> None:
    assert max(names_from_link("|".join("uvwxyzuvwx"))) == 5


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("B", {}),
        ("|a", {}),
        ("A|b", {0: "A", 1: "b"}),
        ("Line|line|Bends", {0: "Line", 2: "Bends"}),
    ],
)
def test_no_two_models_have_one_name(link: str, kept: dict[int, str]) -> None:
    name_models(names_from_link(link))
    assert given_names() == kept
    assert len({model_name(k).casefold() for k in range(3)}) == 3


def test_a_name_stands_where_the_letter_stands() -> None:
    assert (model_name(1), letter(1), given_names()) == ("B", ":green[**B**]", {})
    name_models({1: "[x]*"})
    assert model_name(1) == "[x]*"
    assert model_name(0) == "A"
    assert letter(1) == r":green[**\[x\]\***]"
    assert badge(1) == r":green-badge[\[x\]\*]"
    assert colored(1) == r":green[\[x\]\*]"
