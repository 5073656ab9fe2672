"""Texts of users in Markdown."""

import re

import pytest

from annlab.ui.text.markdown import escape_markdown


def _read_back(escaped: str) -> str:
    return re.sub(r"\\(.)", r"\1", escaped).replace("\u2060", "")


@pytest.mark.parametrize(
    "text",
    ["<b>b</b> $x$ [l](u) :red[r] `c` *s* _u_ #", "www.a.com", "HTTPS://a.b a@b.com", "wow."],
)
def test_an_escaped_text_is_read_as_it_was(text: str) -> None:
    assert _read_back(escape_markdown(text)) == text


# As GitHub's Markdown finds addresses in texts, after escapes are read.
_LINKS = re.compile(r"(?i)https?://|www(?=\.)|[-.\w+]@[-\w]")


@pytest.mark.parametrize("text", ["www.a.com", "see http://a.com", "HTTPS://a.b", "a@b.com"])
def test_no_address_becomes_a_link(text: str) -> None:
    assert _LINKS.search(text)
    assert not _LINKS.search(re.sub(r"\\(.)", r"\1", escape_markdown(text)))
