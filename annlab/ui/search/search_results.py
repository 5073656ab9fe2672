"""What the page draws of a search's table, computed once for all sessions.

Tables go by their bytes, which the cache can compare.
"""

import plotly.graph_objects as go

from annlab.analysis.search_points import SearchPoints
from annlab.figures.base.theme import ThemeName
from annlab.figures.search_heatmap import search_heatmap
from annlab.figures.search_lines import search_lines
from annlab.figures.search_race import RaceCurve, search_race
from annlab.figures.search_slices import search_slices
from annlab.search.points import search_points
from annlab.search.replay import Landscape, replay
from annlab.search.table import SearchTable
from annlab.ui.results.cached_figures import cached

# Display names of the racers; strategies have their labels.
RACERS = {
    "grid": "Grid",
    "random": "Random",
    "hypercube": "Latin hypercube",
    "halving": "Halving",
    "guesses": "Your guesses",
}
_DRAWN = {"heatmap": search_heatmap, "slices": search_slices, "lines": search_lines}


def _read(data: bytes) -> SearchTable:
    return SearchTable.from_bytes(data)


def table_of(data: bytes) -> SearchTable:
    """Table of a search; shared, so nobody may change it."""
    return cached(_read)(data)


def _points(data: bytes) -> SearchPoints:
    return search_points(table_of(data))


def points_of(data: bytes) -> SearchPoints:
    """Trained configs of a search for pictures."""
    return cached(_points)(data)


def _draw(data: bytes, name: str, chosen: tuple[int, ...], theme: ThemeName) -> go.Figure:
    return _DRAWN[name](points_of(data), chosen=chosen, theme=theme)


def picture(data: bytes, name: str, chosen: tuple[int, ...], theme: ThemeName) -> go.Figure:
    """Picture of a search: "heatmap", "slices" or "lines"."""
    return cached(_draw)(data, name, chosen, theme)


def _race(data: bytes, n_tries: int, guesses: tuple[int, ...], is_true: bool) -> list[RaceCurve]:
    landscape = Landscape(table_of(data), n_seeds=1)
    races = replay(landscape, n_tries, guesses=guesses)
    return [
        RaceCurve(
            RACERS[race.name],
            race.cost,
            race.true if is_true else race.seen,
            landscape.hits(race),
        )
        for race in races
    ]


def race_curves(
    data: bytes, n_tries: int, guesses: tuple[int, ...], *, is_true: bool
) -> list[RaceCurve]:
    """Races of all strategies on the table of a complete grid.

    Raises
    ------
    ValueError
        If the search was no grid, or is not complete.
    """
    return cached(_race)(data, n_tries, guesses, is_true)


def _draw_race(
    data: bytes, n_tries: int, guesses: tuple[int, ...], is_true: bool, theme: ThemeName
) -> go.Figure:
    table = table_of(data)
    means = table.mean_scores()
    goal = means.max() if table.headline.higher_is_better else means.min()
    curves = race_curves(data, n_tries, guesses, is_true=is_true)
    return search_race(curves, table.headline.label, goal=float(goal), theme=theme)


def race_picture(
    data: bytes, n_tries: int, guesses: tuple[int, ...], *, is_true: bool, theme: ThemeName
) -> go.Figure:
    """Picture of `race_curves`, with the best score of the table as a line."""
    return cached(_draw_race)(data, n_tries, guesses, is_true, theme)
