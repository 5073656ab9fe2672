"""Multiclass page: regions, confusion matrices, images."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import evaluate, load_dataset, train
from annlab.ui.services import Services
from tests.ui.visitor import (
    charts,
    heads,
    open_tab,
    results,
    runs_in_address,
    settle,
    text_of,
    visit,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/multiclass.py"
SPIRALS = {"data": "spirals", "samples": "150", "epochs": "3", "seeds": "2", "b.hidden": "8"}
DIGITS = {"data": "digits", "test": "0.2", "epochs": "3", "b.hidden": "8"}


def _drawn(visitor: AppTest) -> int:
    return visitor.selectbox(key="multiclass-network").value


def test_every_class_has_a_region_and_a_row_in_the_report(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPIRALS)
    found = charts(open_tab(visitor, "multiclass", "Confusion matrix"))
    scores = [evaluate(train(run), split="train") for run in runs_in_address(visitor)]
    for i, score in enumerate(scores):
        counts = [
            [int(t.split("</b>")[0][3:]) for t in row]
            for row in found[f"confusion-{i}"]["data"][0]["text"]
        ]
        np.testing.assert_array_equal(counts, score.confusion[_drawn(visitor)])
        names = {trace.get("name") for trace in found[f"surface-{i}"]["data"]}
        assert {"class 0", "class 1", "class 2"} <= names
        assert heads(visitor)[i].value.startswith(f"{score.accuracy.mean():.3f}")


def test_selected_cell_rings_its_samples(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPIRALS)
    counts = evaluate(train(runs_in_address(visitor)[0]), split="train").confusion
    counts = counts[_drawn(visitor)]
    true, called = (int(k) for k in np.argwhere((counts > 0) & ~np.eye(3, dtype=bool))[0])
    run = idle.repository.run(runs_in_address(visitor)[0])
    visitor.session_state["selected-cell"] = (run.fingerprint, (true, called))
    open_tab(visitor, "multiclass", "Confusion matrix")
    n = counts[true, called]
    assert (f"the {n} samples" if n > 1 else "the one sample") in text_of(visitor.caption)
    traces = {trace.get("name"): trace for trace in charts(visitor)["surface-0"]["data"]}
    assert len(traces["chosen"]["x"]) == counts[true, called]
    assert "chosen" not in {t.get("name") for t in charts(visitor)["surface-1"]["data"]}


def test_images_are_shown_with_their_classes(idle: Services) -> None:
    visitor = results(PAGE, idle, **DIGITS)
    assert "surface-0" not in charts(visitor)
    visitor.session_state["multiclass-panel"] = "Pictures"
    visitor.run()
    assert not visitor.exception
    found = charts(visitor)
    assert {"images", "one-image", "probabilities-0", "probabilities-1", "weights-0"} <= set(found)
    visitor.session_state["pictures"] = "Mistakes of A"
    visitor.run()
    assert not visitor.exception
    wrong = round(360 * (1 - evaluate(train(runs_in_address(visitor)[0])).accuracy[0]))
    assert f"of {wrong:,} from the test samples" in text_of(visitor.caption)
    visitor.session_state["multiclass-panel"] = "Data"
    visitor.run()
    assert not visitor.exception
    assert "data-images" in charts(visitor)


def test_unavailable_data_set_is_reported_and_others_are_offered(
    idle: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    import pooch

    def no_network(*args: object, **kwargs: object) -> None:
        raise ConnectionError("no network")

    monkeypatch.setattr(pooch, "retrieve", no_network)
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path))
    visitor = visit(PAGE, data="fashion_mnist", epochs="1")
    settle(visitor, idle)
    assert not visitor.exception
    assert "ANNLAB_DATA_DIR" in text_of(visitor.error)
    assert "digits" in text_of(visitor.error).lower()


@pytest.mark.parametrize("seed", ["0", "1"])
def test_test_samples_that_are_also_learned_from_are_counted(idle: Services, seed: str) -> None:
    """Iris has one flower twice; a split with another seed keeps both on one side."""
    query = {"data": "iris", "test": "0.4", "split_seed": seed, "epochs": "2", "seeds": "2"}
    visitor = open_tab(results(PAGE, idle, **query, **{"b.hidden": "3"}), "multiclass", "Data")
    data = load_dataset(runs_in_address(visitor)[0].dataset)
    same = (data.X_test[:, None] == data.X_train[None]).all(axis=2)
    same &= data.y_test[:, None] == data.y_train[None]
    assert same.any(axis=1).sum() == (1 if seed == "0" else 0)
    said = "1 test sample equals a training sample in all features and the target."
    assert (said in text_of(visitor.caption)) is (seed == "0")
