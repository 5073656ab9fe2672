"""Bars of labels: long names have room, also in a compact figure."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import compact, label_counts


def _figure(*names: str) -> go.Figure:
    return label_counts(np.ones((len(names), 2, 2), int), names)


@pytest.mark.parametrize("name", ["quiet", "a long name of label", "a very long name of a label"])
def test_names_have_room_at_the_left(name: str) -> None:
    figure = _figure(name, "b")
    shown = dict(figure.layout.yaxis.labelalias or {}).get(name, name)
    assert len(shown) <= 22
    assert figure.layout.margin.l > 6 * len(shown)
    assert compact(figure).layout.margin.l == figure.layout.margin.l
    assert figure.data[0].customdata[0] == name  # the hover text has the whole name


def test_the_room_follows_letters_as_they_are_shown() -> None:
    marks, letters = _figure("&lt;" * 20), _figure("x" * 20)
    assert marks.layout.margin.l == letters.layout.margin.l
    assert not marks.layout.yaxis.labelalias
