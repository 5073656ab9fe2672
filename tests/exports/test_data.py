"""The data that exported scripts make, against the data that annlab's first network sees."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annlab import Dataset, RunConfig, load_dataset
from annlab.datasets import DATASETS
from annlab.exports import script
from annlab.exports.lightning import lightning_script
from annlab.nn.derived_features import features_of, network_inputs
from tests.exports.configs import config_of

_SPLIT = {"test_fraction": 0.25, "split_seed": 7}
CONFIGS: dict[str, RunConfig] = {
    f"{name}, {resample}, {scaling}": config_of(
        {
            "name": name,
            "resample": resample,
            "scaling": scaling,
            "validation_fraction": 0.2,
            **({"split_seed": 7} if resample == "folds" else _SPLIT),
            **target,
        },
        {},
        {"n_seeds": 4},
    )
    for name, resample, scaling, target in [
        ("moons", "none", "none", {}),
        ("moons", "split", "standard", {}),
        ("moons", "sample", "minmax", {}),
        ("moons", "folds", "minmax", {}),
        ("wine", "folds", "standard", {}),
        ("diabetes", "folds", "standard", {"target_scaling": "standard"}),
        ("function_1d", "sample", "none", {"target_scaling": "standard"}),
        ("function_1d", "folds", "none", {"target_scaling": "standard", "function": "abs"}),
        ("plane_curve", "sample", "minmax", {"target_scaling": "standard"}),
        ("plane_curve", "folds", "none", {}),
        ("linnerud", "split", "standard", {"target_scaling": "standard"}),
        ("linnerud", "folds", "standard", {"target_scaling": "standard"}),
        ("labels", "split", "standard", {}),
        ("labels", "folds", "minmax", {}),
    ]
}


def _made(config: RunConfig) -> dict[str, Any]:
    section = script.data_section(config)
    names: dict[str, Any] = {}
    exec("\n".join(section.imports) + "\n" + section.text, names)
    return names


@pytest.mark.parametrize("name", CONFIGS)
def test_a_script_makes_the_first_networks_data(name: str) -> None:
    config = CONFIGS[name]
    made, dataset = _made(config), load_dataset(config, 0)
    assert set(made["splits"]) == {"train", "validation", "test"}
    for split, (X, y) in made["splits"].items():
        X_expected, y_expected = dataset.split(split)
        np.testing.assert_array_equal(X.astype(np.float32), X_expected)
        np.testing.assert_array_equal(y.astype(y_expected.dtype), y_expected)
    if config.dataset.target_scaling != "none":
        _assert_same_scales(made, dataset)


def _assert_same_scales(made: dict[str, Any], dataset: Dataset) -> None:
    """Rows of several targets are added in another order."""
    for name in ("target_mean", "target_scale"):
        expected = getattr(dataset, name)
        rtol = 0 if len(expected) == 1 else 1e-13
        np.testing.assert_allclose(
            made[name], expected.squeeze(), rtol=rtol, atol=rtol, strict=True
        )


def _make_constant_target() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    X = np.arange(12.0)[:, None]
    return X, np.hstack([0.1 + 0 * X, X**2])


def test_a_constant_target_is_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(
        DATASETS["plane_curve"], name="constant", make=_make_constant_target, defaults={}, n_rows=12
    )
    monkeypatch.setitem(DATASETS, "constant", spec)
    config = config_of({"name": "constant", "target_scaling": "standard"}, {}, {})
    made, dataset = _made(config), load_dataset(config)
    _assert_same_scales(made, dataset)
    assert made["target_scale"][0] == 1
    assert made["target_scale"][1] > 1


@pytest.mark.parametrize("data", ["moons", "function_1d", "plane_curve", "labels"])
def test_a_script_derives_the_inputs_of_a_network(data: str) -> None:
    features = features_of(DATASETS[data].n_features)
    config = config_of({"name": data, "scaling": "standard", **_SPLIT}, {"features": features}, {})
    made, dataset = _made(config), load_dataset(config)
    for split in ("train", "test"):
        expected = network_inputs(dataset.split(split)[0], features)
        np.testing.assert_allclose(made["splits"][split][0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_script_says_what_the_other_networks_get(name: str) -> None:
    remarks = {
        "none": None,
        "split": "# In annlab, network 1 has this split, network 2 that of the next random_state.",
        "sample": "# In annlab, network 1 learns from this sample, network 2 from that of the ",
        "folds": "# In annlab, network 1 of 4 is tested on this fold, network 2 on the next.",
    }
    script = lightning_script(CONFIGS[name])
    remark = remarks[CONFIGS[name].dataset.resample]
    assert script.count("In annlab, network") == (remark is not None)
    assert remark is None or remark in script
