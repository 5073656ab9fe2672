"""State of the page on searches: settings, shown search, chosen config, and the address."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from annlab.config import RunConfig
from annlab.config.trackers import is_tracker
from annlab.search.presets import PRESETS
from annlab.search.search_config import SearchConfig
from annlab.search.search_job import request_of
from annlab.ui.search.typed import problem_sentences
from annlab.ui.state.page_state import PageState, browser_query

# Link names of the view.
VIEW = ("row", "tries", "guesses", "tab")
DEFAULT = next(iter(PRESETS.values())).config
# Source of settings that came with a link.
LINK = "link"


class SearchState(PageState):
    """State of the page: the settings on the left, and the search that it shows."""

    def __init__(self) -> None:
        super().__init__("search")

    def prepare(self) -> None:
        """Load a search from the address: on first opening, and after Back or Forward."""
        if not self.must_read_address():
            return
        query, problems = browser_query()
        query = {name: text for name, text in query.items() if not is_tracker(name)}
        self.read_view(query, VIEW)
        row = self.view("row") or ""
        self.set("on-top", int(row) if row.isdecimal() else None)
        asked = {name: text for name, text in query.items() if name not in VIEW}
        config = DEFAULT
        if asked:
            try:
                config = SearchConfig.from_url(urlencode(asked))
            except ValueError as error:
                problems += [
                    f"{sentence} Showing the default search instead."
                    for sentence in problem_sentences(error)
                ]
        self.set("problems", problems)
        self.load(config)
        self.set("shown", config)
        self.set("of-link", True)
        self.note_address_read()

    # --- settings ------------------------------------------------------------------------

    def load(self, config: SearchConfig) -> None:
        """Set every control to the settings of a search."""
        names = [preset.name for preset in PRESETS.values() if preset.config == config]
        self.set("source", names[0] if names else LINK)
        self.set("loaded", config)
        self.set("base", config.base)
        self.set("edition", self.edition + 1)

    @property
    def edition(self) -> int:
        """How often all controls were set anew."""
        return int(self.get("edition", 0))

    def control_key(self, name: str) -> str:
        """Key of a control, which is another one whenever all controls are set anew."""
        return self.key(f"{name}-{self.edition}")

    @property
    def loaded(self) -> SearchConfig:
        """Settings that the controls start with."""
        found: SearchConfig = self.get("loaded")
        return found

    @property
    def base(self) -> RunConfig:
        """Config of every network, except for the searched settings and the epochs."""
        found: RunConfig = self.get("base")
        return found

    # --- the shown search ----------------------------------------------------------------

    @property
    def shown(self) -> SearchConfig:
        """Search that the page shows."""
        found: SearchConfig = self.get("shown")
        return found

    def show_search(self, config: SearchConfig) -> None:
        """Show a search, and train what is missing of it."""
        if request_of(config) != request_of(self.shown):
            self.set("view", {"tab": self.view("tab")} if self.view("tab") else {})
            self.set("on-top", None)
        self.set("shown", config)
        self.set("of-link", False)
        self.set("problems", [])

    @property
    def is_of_link(self) -> bool:
        """Whether the shown search comes from the address, and nobody has pressed the button."""
        return bool(self.get("of-link"))

    def keep_table(self, data: bytes) -> None:
        """Remember the table of the shown search, which a further search can extend."""
        self.set("kept", (self.shown.scores_key(), data))

    def known_table(self) -> bytes:
        """Table of an earlier search of the same networks; empty if there is none."""
        key, data = self.get("kept", (None, b""))
        return data if key == self.shown.scores_key() else b""

    # --- the view ------------------------------------------------------------------------

    def chosen(self, rows: Any) -> int:
        """Row of the chosen config: the one in the address, or the first of `rows`."""
        asked = self.view("row") or ""
        return int(asked) if asked.isdecimal() and int(asked) in rows else int(rows[0])

    def choose(self, row: int | None, *, by_table: bool = False) -> None:
        """Choose a config by its row in the table of the search; None chooses the best."""
        self.set_view(row=row)
        if not by_table:  # the data frame shows another selection only under another key
            self.set("table-version", self.get("table-version", 0) + 1)
            self.set("on-top", row)

    @property
    def on_top(self) -> int | None:
        """Row of the config that was chosen outside the table, which shows it first."""
        row: int | None = self.get("on-top")
        return row

    @property
    def guesses(self) -> list[int]:
        """Rows of the configs that the student would have tried."""
        return [int(text) for text in (self.view("guesses") or "").split("-") if text.isdecimal()]

    def query(self) -> dict[str, Any]:
        """Shown search and view by link name."""
        return {**dict(parse_qsl(self.shown.to_url())), **super().query()}
