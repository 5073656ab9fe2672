"""Class weights in exported scripts."""

from annlab.config import RunConfig
from annlab.exports.section import Section
from annlab.nn.class_weights import BALANCED, NONE


def weights_section(config: RunConfig) -> Section:
    """Code for the list ``class_weights`` of a run; empty without weights."""
    weights = config.training.class_weights
    if weights == NONE:
        return Section("", ())
    if weights != BALANCED:
        return Section(f"\nclass_weights = {list(weights)}\n", ())
    text = (
        '\ncounts = np.bincount(splits["train"][1])\n'
        "class_weights = (counts.sum() / (len(counts) * counts)).tolist()\n"
    )
    return Section(text, ("import numpy as np",))
