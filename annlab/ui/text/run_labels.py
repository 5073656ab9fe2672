"""Labels of runs in a list."""

from collections.abc import Sequence

from annlab.config import RunConfig
from annlab.config.differences import differences
from annlab.ui.text.settings_text import model_title

_MARK = 6


def run_labels(configs: Sequence[RunConfig]) -> dict[RunConfig, str]:
    """Label of each run: its data, its model, and what differs from others with the same ones.

    Streamlit tells the entries of a list by their labels, so no two are equal.

    Parameters
    ----------
    configs : sequence of RunConfig
        Different ones.

    Returns
    -------
    dict of RunConfig to str
        Plain text, which holds names that a user may have chosen.
    """
    labels = {config: f"{config.dataset.spec.label}: {model_title(config)}" for config in configs}
    for alike in _equal(labels):
        for item in differences(alike):
            said = [
                "" if value is None else f" · {item.setting.noun} {item.setting.format(value)}"
                for value in item.values
            ]
            if len(set(said)) > 1:
                for config, text in zip(alike, said, strict=True):
                    labels[config] += text
    for alike in _equal(labels):  # such as data of one's own under one name
        for config in alike:
            labels[config] += f" · {config.digest[:_MARK]}"
    return labels


def _equal(labels: dict[RunConfig, str]) -> list[list[RunConfig]]:
    """Runs of each label that several have."""
    by_label: dict[str, list[RunConfig]] = {}
    for config, label in labels.items():
        by_label.setdefault(label, []).append(config)
    return [found for found in by_label.values() if len(found) > 1]
