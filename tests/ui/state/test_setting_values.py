"""Settings of a run on another data set."""

import pytest

from annlab import DatasetConfig, RunConfig, TrainingConfig
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.nn.class_weights import BALANCED, NONE, ClassWeights
from annlab.ui.state.setting_values import on_data
from tests.datasets.own.drawing.drawings import at_random

MOONS = DatasetConfig(name="moons")
FIRST, SECOND = (DatasetConfig.suggested("own", drawn_table(at_random(n)).own) for n in (60, 80))


@pytest.mark.parametrize(
    ("weights", "before", "after", "expected"),
    [
        ((1.0, 9.0), MOONS, DatasetConfig(name="circles"), NONE),
        ((1.0, 9.0), MOONS, DatasetConfig(name="moons", noise=0.3), (1.0, 9.0)),
        (BALANCED, MOONS, DatasetConfig(name="circles"), BALANCED),
        (BALANCED, MOONS, DatasetConfig(name="diabetes"), NONE),
        (BALANCED, MOONS, DatasetConfig(name="labels"), NONE),
        ((1.0, 9.0), MOONS, DatasetConfig(name="linnerud"), NONE),
        ((1.0,) * len(FIRST.class_names), FIRST, SECOND, NONE),
    ],
)
def test_class_weights_stay_with_their_classes(
    weights: ClassWeights, before: DatasetConfig, after: DatasetConfig, expected: ClassWeights
) -> None:
    run = RunConfig(dataset=before, training=TrainingConfig(class_weights=weights))
    assert on_data(run, after).training.class_weights == expected
    assert on_data(run, before) == run
