"""Notes below controls, tested on the Logistic vs MLP page."""

import pytest

from tests.ui.visitor import open_logistic, text_of, unfold

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_selu_note_names_missing_settings() -> None:
    visitor = unfold(open_logistic(), "model", "data")
    needs = "SELU needs"
    assert needs not in text_of(visitor.caption)
    visitor.selectbox(key="logistic-b-activation").set_value("selu").run()
    assert f"{needs} LeCun normal" in text_of(visitor.caption)
    visitor.selectbox(key="logistic-b-init").set_value("lecun_normal").run()
    assert f"{needs} standard scaling" in text_of(visitor.caption)
    visitor.selectbox(key="logistic-scaling").set_value("standard").run()
    assert needs not in text_of(visitor.caption)
    assert not visitor.error
