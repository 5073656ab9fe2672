"""Warning about an output activation that cannot produce the targets."""

from dataclasses import replace

import numpy as np
import pytest

from annlab import load_dataset
from annlab.ui.text.settings_text import output_range_warning
from tests.analysis.several_targets import several


def _run(trained, name: str, output: str, **changes):
    return trained(several(name, output_activation=output, max_epochs=1, n_seeds=1, **changes))


def test_every_target_out_of_range_is_named(trained) -> None:
    run = _run(trained, "plane_curve", "sigmoid")
    dataset = load_dataset(run.config.dataset)
    y = dataset.targets("all")
    shares = [f"{np.mean((column < 0) | (column > 1)):.0%}" for column in y.T]
    assert output_range_warning(run, dataset) == (
        "The output activation Sigmoid can only produce u from 0 to 1 and v from 0 to 1, but "
        f"{shares[0]} of u and {shares[1]} of v lie outside these ranges. Choose another output "
        "activation."
    )


def test_a_target_within_the_range_is_not_named(trained) -> None:
    run = _run(trained, "plane_curve", "softplus")
    dataset = load_dataset(run.config.dataset)
    y_train = dataset.y_train.copy()
    y_train[:, 0] = np.abs(y_train[:, 0])
    dataset = replace(
        dataset,
        y_train=y_train,
        y_validation=np.abs(dataset.y_validation),
        y_test=np.abs(dataset.y_test),
    )
    said = output_range_warning(run, dataset)
    assert "can only produce v of 0 or more, but" in said
    assert "of v lie outside that range" in said
    assert " u " not in said


@pytest.mark.parametrize(
    ("name", "output", "changes"),
    [
        ("plane_curve", "linear", {}),
        ("linnerud", "softplus", {}),  # weights, waists and pulses are above 0
        ("labels", "sigmoid", {}),
    ],
)
def test_outputs_that_reach_all_targets_are_not_blamed(trained, name, output, changes) -> None:
    run = _run(trained, name, output, **changes)
    assert not output_range_warning(run, load_dataset(run.config.dataset))


def test_the_range_of_standardized_targets_is_in_their_own_units(trained) -> None:
    run = _run(trained, "linnerud", "relu", target_scaling="standard")
    dataset = load_dataset(run.config.dataset)
    said = output_range_warning(run, dataset)
    for name, mean in zip(dataset.target_names, dataset.y_train.mean(axis=0), strict=True):
        assert f"{name} of {mean:.3g} or more" in said
