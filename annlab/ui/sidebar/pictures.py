"""Small pictures below controls, drawn from the values of all settings."""

import base64
from collections.abc import Callable
from html import escape

from annlab.config import TrainingConfig
from annlab.config.settings import SETTINGS
from annlab.figures.rate_curve import HEIGHT, rate_curve
from annlab.nn.schedules import SCHEDULES, rate_factors
from annlab.setting_type import Values
from annlab.ui.browser import theme


def _of_rate(values: Values) -> str:
    """Learning rate over the epochs; empty if it is constant, or a setting is invalid."""
    if values["schedule"] == "constant":
        return ""
    given = {
        setting.name: values[address]
        for address, setting in SETTINGS.items()
        if setting.section == "training"
    }
    try:
        training = TrainingConfig.model_validate(given)
    except ValueError:
        return ""
    rates = training.learning_rate * rate_factors(training)
    says = (
        f"{SCHEDULES[training.schedule].label}: learning rate {rates[0]:.3g} in epoch 1, "
        f"{rates[-1]:.3g} in epoch {len(rates):,}"
    )
    return _image(rate_curve(rates.tolist(), theme=theme()), says, HEIGHT)


def _image(svg: str, says: str, height: int) -> str:
    """HTML of a picture as wide as its place. Streamlit removes SVG from HTML, but not images."""
    source = base64.b64encode(svg.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{source}" alt="{escape(says)}" '
        f'title="{escape(says)}" style="width: 100%; height: {height}px">'
    )


# Link name of a setting, and a function from all values to its picture as HTML (empty: none).
PICTURES: dict[str, Callable[[Values], str]] = {"lr": _of_rate}
