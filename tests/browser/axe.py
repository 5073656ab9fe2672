"""Accessibility of a page, checked by axe-core in both themes."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.bench import quiet

# Streamlit's own: cells of its data frame, which is a canvas, its blocks of code, and the place
# where a file is dropped.
_NOT_OURS = ["th[aria-colindex]", "pre", "[data-testid=stFileUploaderDropzone]"]
# Rules on what a theme changes.
_ON_COLORS = ["color-contrast", "link-in-text-block"]


def themes(page: Page) -> Iterator[str]:
    """Show the page in the light theme, then in the dark one; yield the name of each."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]'))"
            ".colorScheme === scheme",
            arg=scheme,
        )
        # Streamlit tells the server of the theme with the next run of the script.
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r")
        quiet(page)
        yield scheme


def assert_accessible(page: Page, what: str = "") -> None:
    """Assert that axe-core finds nothing of annlab's own, and that there is one h1.

    In the dark theme, only the rules on colors are checked: all else is as in the light one.
    """
    options: dict[str, Any] = {"resultTypes": ["violations"]}  # the default, which these replace
    if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"):
        options["runOnly"] = {"type": "rule", "values": _ON_COLORS}
    response = Axe().run(page, context={"exclude": _NOT_OURS}, options=options).response
    found = [(rule["id"], node) for rule in response["violations"] for node in rule["nodes"]]
    assert [f"{name}: {node['html'][:150]}" for name, node in found] == [], what
    assert page.locator("h1").count() == 1, what
