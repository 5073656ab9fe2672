"""Pages that one test after another gets know nothing of the test before."""

from typing import Any

import pytest

from tests.browser.conftest import Server, _Pages

pytestmark = pytest.mark.browser

KEEP = """() => { localStorage.setItem("kept", "1"); sessionStorage.setItem("kept", "1");
    document.cookie = "kept=1"; window.kept = 1; }"""
KEPT = """() => [localStorage.getItem("kept"), sessionStorage.getItem("kept"),
    document.cookie.includes("kept=1") ? "1" : null, window.kept ?? null]"""


def test_a_page_comes_back_as_if_it_were_new(pages: _Pages, server: Server) -> None:
    address = f"{server.url}/_stcore/health"
    options: dict[str, Any] = {"locale": "de-DE"}  # no other test takes such pages
    kind, page = pages.take(viewport={"width": 500, "height": 400}, color_scheme="dark", **options)
    page.goto(address)
    page.evaluate(KEEP)
    page.reload()
    assert page.evaluate(KEPT) == ["1", "1", "1", None]
    page.context.new_page()
    page.emulate_media(media="print")
    pages.give_back(kind, page, again=True)
    assert page.url == "about:blank"
    again = pages.take(**options)
    assert again == (kind, page)
    page.goto(address)
    assert page.evaluate(KEPT) == [None] * 4
    assert page.context.pages == [page]
    assert page.viewport_size == {"width": 1440, "height": 900}
    media = "['print', '(prefers-color-scheme: dark)'].map(query => matchMedia(query).matches)"
    assert page.evaluate(media) == [False, False]
    pages.give_back(kind, page, again=False)
    assert page.is_closed()


def test_a_closed_page_is_not_given_again(pages: _Pages) -> None:
    kind, page = pages.take(locale="fr-FR")
    page.close()
    pages.give_back(kind, page, again=True)
    _, other = pages.take(locale="fr-FR")
    assert not other.is_closed()
    pages.give_back(kind, other, again=False)
