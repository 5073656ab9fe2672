"""State of the page on gradient descent: settings in step with the address."""

from collections.abc import Mapping
from typing import Any

from annlab.config.links import RUN
from annlab.ui.browser import stayed_on_page
from annlab.ui.descent.settings import DescentSettings, link_settings, read_settings
from annlab.ui.state.page_state import PageState, browser_query

# Link names of the tabs.
VIEW = ("tab", RUN, "plane", "network", "other", "seed", "x", "y")


class DescentState(PageState):
    """State of the page: what it opened with, and what the user has changed since."""

    def __init__(self) -> None:
        super().__init__("gradient_descent")

    def prepare(self) -> None:
        """Load the settings from the address: on first opening, and after Back or Forward.

        After a visit to another page, the page opens with the settings at that time.
        """
        if self.must_read_address():
            query, repeated = browser_query()
            settings, problems = read_settings(query)
            self.read_view(query, VIEW)
            self._open(settings)
            self.set("now", settings)
            self.set("problems", repeated + problems)
            self.note_address_read()
        elif not stayed_on_page():
            self._open(self.settings)

    def _open(self, settings: DescentSettings) -> None:
        self.set("opened-with", settings)
        self.set("edition", self.edition + 1)

    @property
    def edition(self) -> int:
        """How often the page was opened: the browser takes over the settings of each edition."""
        return int(self.get("edition", 0))

    @property
    def settings(self) -> DescentSettings:
        """Settings as the browser last sent them."""
        found: DescentSettings = self.get("now")
        return found

    @property
    def opened_with(self) -> DescentSettings:
        """Settings that the browser starts with; the same until the page is opened again."""
        found: DescentSettings = self.get("opened-with")
        return found

    def take(self, sent: Mapping[str, str]) -> None:
        """Take over settings from the browser, if all of them are valid."""
        settings, problems = read_settings(sent)
        if not problems:
            self.set("now", settings)

    def query(self) -> dict[str, Any]:
        """Settings and view by link name."""
        return {**link_settings(self.settings), **super().query()}
