"""Controls of the data, tested on the Logistic vs MLP page."""

import pytest

from annlab.datasets.data_settings import EACH_NETWORK_GETS
from annlab.lessons.experiments import EXPERIMENTS
from tests.ui.visitor import open_logistic, settings, text_of, unfold

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("moons", ["none", "split", "sample", "folds"]),
        ("breast_cancer", ["none", "split", "folds"]),
    ],
)
def test_resampling_options_depend_on_the_data_set(data: str, options: list[str]) -> None:
    visitor = open_logistic()
    visitor.selectbox(key="logistic-data").set_value(data).run()
    box = visitor.selectbox(key="logistic-resample")
    assert box.options == [EACH_NETWORK_GETS[name].capitalize() for name in options]
    for name in options:
        visitor.selectbox(key="logistic-resample").set_value(name).run()
        assert not visitor.exception
        if name != "split" or settings(visitor)[0].dataset.test_fraction:
            assert not visitor.error
            assert settings(visitor)[0].dataset.resample == name
        else:
            assert "set Test split or Validation split above 0" in text_of(visitor.error)


def test_folds_replace_the_test_split() -> None:
    visitor = open_logistic()
    unfold(visitor, "data")
    visitor.slider(key="logistic-test").set_value(0.2).run()
    visitor.selectbox(key="logistic-resample").set_value("folds").run()
    assert not visitor.error
    assert "Networks is the number of folds" in text_of(visitor.caption)
    assert "logistic-test" not in {slider.key for slider in visitor.slider}
    data = settings(visitor)[0].dataset
    assert (data.resample, data.test_fraction) == ("folds", 0)
    visitor.text_input(key="logistic-seeds").set_value("1").run()
    assert "at least 2 networks" in text_of(visitor.error)
    # Without folds, the earlier test split is back.
    visitor.text_input(key="logistic-seeds").set_value("5").run()
    visitor.selectbox(key="logistic-resample").set_value("split").run()
    assert not visitor.error
    assert settings(visitor)[0].dataset.test_fraction == 0.2


def test_selected_data_set_brings_its_suggested_settings() -> None:
    visitor = open_logistic()
    visitor.selectbox(key="logistic-data").set_value("breast_cancer").run()
    assert not visitor.exception
    a, b = settings(visitor)
    assert a.dataset == b.dataset == EXPERIMENTS["E9"].runs[0].dataset  # split and scaled
    assert b.model == EXPERIMENTS["E4"].runs[1].model
    visitor.selectbox(key="logistic-data").set_value("moons").run()
    assert settings(visitor) == EXPERIMENTS["E4"].runs
