"""Settings of the descent: links, and what a browser sends."""

from dataclasses import replace

import numpy as np
import pytest

from annlab.analysis.descent import descend
from annlab.analysis.minimum import Minimum, NoMinimum
from annlab.ui.descent.point_sets import LOSS_CHOICES, POINT_SETS, minimum, problem
from annlab.ui.descent.settings import (
    DescentSettings,
    Lane,
    link_settings,
    read_settings,
    written_settings,
)

OTHER = DescentSettings(
    samples="overlapping",
    loss="squared",
    w=-1.25,
    b=3.0,
    batch="8",
    order=2,
    steps=60,
    at=60,
    lanes=(Lane("nesterov", 0.5, 0.7), Lane("rmsprop", 0.01)),
    arrows=0,
)

SGD = Lane("sgd", 0.5)


@pytest.mark.parametrize("settings", [DescentSettings(), OTHER])
def test_a_link_keeps_all_settings(settings: DescentSettings) -> None:
    assert read_settings(written_settings(settings)) == (settings, [])


@pytest.mark.parametrize("settings", [DescentSettings(), OTHER, replace(OTHER, lanes=(SGD,))])
def test_a_short_link_means_the_same(settings: DescentSettings) -> None:
    link = link_settings(settings)
    assert read_settings(link) == (settings, [])
    assert not link_settings(DescentSettings())
    moved = replace(DescentSettings(), w=0.25)
    assert link_settings(moved) == {"w": "0.25"}


def test_samples_alone_bring_their_loss_and_start() -> None:
    settings, problems = read_settings({"samples": "separable", "unknown": "1"})
    assert not problems
    assert settings.loss == POINT_SETS["separable"].losses[0]
    assert (settings.w, settings.b) == POINT_SETS["separable"].start


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"samples": "moons"}, "samples: must be one of line, shifted"),
        ({"loss": "cross_entropy"}, "loss: must be one of line; got 'cross_entropy'"),
        ({"w": "nan"}, "w: must be a number, got 'nan'"),
        ({"b": "inf"}, "b: must be between -1e+06 and 1e+06, got inf"),
        ({"steps": "12.5"}, "steps: must be a whole number, got '12.5'"),
        ({"steps": "1000"}, "steps: must be between 10 and 300, got 1000"),
        ({"steps": "20", "at": "21"}, "at: must be between 0 and 20, got 21"),
        ({"optimizers": "sgd"}, "optimizers: must be a number, got ''"),
        ({"optimizers": "lion:0.1"}, "optimizers: must be one of sgd,"),
        ({"optimizers": ",".join(["sgd:0.1"] * 5)}, "optimizers: at most 4 optimizers, got 5"),
        ({"arrows": "3"}, "arrows: must be between 0 and 2, got 3"),
    ],
)
def test_wrong_values_are_named_and_keep_the_default(query, sentence) -> None:
    settings, problems = read_settings(query)
    assert [problem for problem in problems if problem.startswith(sentence)] == problems
    assert len(problems) == 1
    name = list(query)[-1]
    default = written_settings(DescentSettings())[name]
    assert name == "at" or written_settings(settings)[name] == default


def test_fewer_steps_and_lanes_move_what_points_behind_them() -> None:
    settings, problems = read_settings({"steps": "10", "optimizers": "sgd:0.1"})
    assert not problems
    assert (settings.at, settings.arrows) == (10, 0)


@pytest.mark.parametrize("samples", POINT_SETS)
def test_start_and_minima_are_in_the_picture(samples: str) -> None:
    entry = POINT_SETS[samples]
    shown = [entry.start]
    for loss in entry.losses:
        found = minimum(samples, loss)
        if isinstance(found, NoMinimum):
            assert samples == "separable"
            assert LOSS_CHOICES[loss].output_activation == "sigmoid"
        else:
            shown.append((found.parameters[0], found.parameters[1]))
    for w, b in shown:
        assert entry.w[0] <= w <= entry.w[1]
        assert entry.b[0] <= b <= entry.b[1]


def test_the_first_picture_shows_three_ways_down() -> None:
    settings = DescentSettings()
    lowest = minimum(settings.samples, settings.loss)
    assert isinstance(lowest, Minimum)
    start = np.array([settings.w, settings.b])
    ends = [
        descend(
            problem(settings.samples, settings.loss), settings.training(lane), start, settings.steps
        ).losses[-1]
        for lane in settings.lanes
    ]
    # Momentum and Adam arrive; SGD, at 93 % of its largest stable rate, is still on its way.
    assert ends[1] < 1.01 * lowest.loss
    assert ends[2] < 1.01 * lowest.loss
    assert ends[0] > 1.5 * lowest.loss
    assert settings.lanes[0].rate == pytest.approx(0.93 * 2 / lowest.curvatures[1], rel=0.01)
