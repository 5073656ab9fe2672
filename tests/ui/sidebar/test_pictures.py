"""Pictures below controls."""

import base64
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from annlab import RunConfig
from annlab.config.settings import SETTINGS
from annlab.ui.sidebar.pictures import PICTURES


def _values(**changes: Any) -> dict[str, Any]:
    config = RunConfig()
    return {address: s.get(config) for address, s in SETTINGS.items()} | changes


def test_a_changing_rate_is_drawn_below_the_learning_rate() -> None:
    picture = PICTURES["lr"](_values(schedule="step", lr=0.5, period=4, epochs=10))
    assert 'alt="Steps: learning rate 0.5 in epoch 1, 0.005 in epoch 10"' in picture
    (source,) = re.findall('src="data:image/svg\\+xml;base64,(.*?)"', picture)
    assert ElementTree.fromstring(base64.b64decode(source)).tag.endswith("svg")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"schedule": "step", "period": 0},
        {"schedule": "cosine", "epochs": 0},
        {"schedule": "cosine", "lr": -1.0},
        {"schedule": "cosine", "epochs": 10**9},
    ],
    ids=str,
)
def test_a_constant_rate_and_invalid_settings_have_no_picture(changes: dict[str, Any]) -> None:
    assert PICTURES["lr"](_values(**changes)) == ""


def test_pictures_belong_to_settings() -> None:
    assert set(PICTURES) <= set(SETTINGS)
