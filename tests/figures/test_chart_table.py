"""Numbers of a chart as a table."""

import numpy as np
import plotly.graph_objects as go

from annlab.figures import Curves, chart_table, learning_curves
from annlab.figures.base.layout import new_figure
from annlab.figures.chart_table import MAX_GRID, MAX_ROWS


def test_curves_are_rows_of_series_x_and_y() -> None:
    loss = np.linspace(1, 0.5, 101)[:, None]
    figure = learning_curves([Curves("A", {"train_loss": loss})], "loss", "Loss", max_epochs=100)
    found = chart_table(figure)
    assert found.heads[:2] == ["series", "epoch"]
    assert len(found.rows) == MAX_ROWS
    assert found.rows[0] == ["A training", "0", "1"]
    assert found.rows[-1] == ["A training", "100", "0.5"]


def test_a_heat_map_is_a_grid_from_the_top() -> None:
    x, y = np.linspace(0, 1, 50), np.linspace(0, 2, 50)
    z = np.add.outer(np.arange(50), 100 * np.arange(50)).T  # z[i, j] = 100 i + j
    figure = new_figure(300, "light")
    figure.add_heatmap(x=x, y=y, z=z)
    figure.update_xaxes(title_text="a")
    figure.update_yaxes(title_text="b")
    found = chart_table(figure.build())
    assert found.heads[0] == "b ↓ a →"
    assert len(found.heads) == MAX_GRID + 1
    assert found.rows[0][0] == "2"  # the largest y
    assert found.rows[-1][:2] == ["0", "0"]
    assert found.rows[0][-1] == str(z[-1, -1])


def test_bands_and_nameless_traces_are_left_out() -> None:
    figure = go.Figure(
        [
            go.Scatter(x=[0, 1], y=[0, 1], fill="toself", name="band"),
            go.Scatter(x=[0, 1], y=[0, 1]),
            go.Bar(x=["a", "b"], y=[1, None], name="bars"),
        ]
    )
    assert chart_table(figure).rows == [["bars", "a", "1"]]
    assert chart_table(go.Figure()).rows == []
