"""State of the pad in a session: its points, in step with the address."""

from uuid import uuid4

from annlab.datasets.own.drawing.drawn import DrawnPoints
from annlab.datasets.own.drawing.drawn_text import fits_in_link, read_drawn, write_drawn
from annlab.ui.state.page_state import PageState

# Link name of the points.
POINTS = "points"
# Values of the page: points now, points with which the pad was opened and the name of that
# opening, points in the address as they were written last, and a sentence about a problem.
_NOW, _OPENED, _EDITION, _WRITTEN, _PROBLEM = (
    f"pad-{name}" for name in ("now", "opened", "edition", "written", "problem")
)


class DrawingState:
    """Points of the pad on a page.

    Parameters
    ----------
    page : PageState
        Its view option "points" holds the points, if they are few.
    """

    def __init__(self, page: PageState) -> None:
        self.page = page

    def prepare(self) -> None:
        """Open the points of the address: on first opening, and after Back or Forward."""
        text = self.page.view(POINTS) or ""
        if self.page.get(_EDITION) is not None and text == self.page.get(_WRITTEN):
            return
        try:
            self.open(read_drawn(text) if text else DrawnPoints())
        except ValueError as error:
            self.open(DrawnPoints())
            self.refuse(str(error))

    @property
    def now(self) -> DrawnPoints:
        """Points as the browser last sent them."""
        found: DrawnPoints = self.page.get(_NOW)
        return found

    @property
    def opened(self) -> DrawnPoints:
        """Points that the pad takes over; the same until others are opened."""
        found: DrawnPoints = self.page.get(_OPENED)
        return found

    @property
    def edition(self) -> str:
        """Name of this opening, unlike any other."""
        return str(self.page.get(_EDITION))

    @property
    def problem(self) -> str:
        """Why points could not be opened; empty if they could."""
        return str(self.page.get(_PROBLEM) or "")

    def open(self, drawn: DrawnPoints) -> None:
        """Put points on the pad in place of its own."""
        self.page.set(_OPENED, drawn)
        self.page.set(_EDITION, uuid4().hex)
        self.take(drawn)

    def take(self, drawn: DrawnPoints) -> None:
        """Take over points from the browser."""
        self.page.set(_NOW, drawn)
        self.page.set(_PROBLEM, None)
        text = write_drawn(drawn) if drawn.points and fits_in_link(drawn) else ""
        self.page.set(_WRITTEN, text)
        self.page.set_view(**{POINTS: text or None})

    def refuse(self, sentence: str) -> None:
        """Note why points could not be opened."""
        self.page.set(_PROBLEM, sentence)
