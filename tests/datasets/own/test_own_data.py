"""Facts about data of one's own in configs and links."""

import zlib
from base64 import urlsafe_b64encode
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import Dataset, DatasetConfig, RunConfig
from annlab.datasets.own.arrays import table_of_arrays
from annlab.datasets.own.own_data import (
    MAX_INPUTS,
    MAX_PACKED,
    OwnColumn,
    OwnData,
    read_own,
    write_own,
)
from annlab.datasets.own.table import Table, table_from_bytes
from annlab.tensor_file import SavedFileError
from annlab.validation import explain
from tests.own_data import ARRAYS, mixed_table

OWN = ARRAYS.own
MIXED = mixed_table().own
_X = np.arange(12.0).reshape(6, 2)
VALUES = table_of_arrays(_X, _X**2 / 3, target_name=["area (cm²)", "age"], title="Squares").own
LABELS = table_of_arrays(_X, _X > [5, 4], target_name=["ill", "old"], title="People").own


def test_a_category_becomes_an_input_for_each_value_and_for_what_is_rare_or_missing() -> None:
    assert MIXED.input_names == (
        "size",
        "weight",
        "weight missing",
        "color = red",
        "color = green",
        "color = blue",
        "color = other",
        "color missing",
    )


@pytest.mark.parametrize("own", [OWN, MIXED, mixed_table(groups=True).own, VALUES, LABELS])
def test_a_link_gives_the_same_config_and_digest(own: OwnData) -> None:
    config = RunConfig(dataset=DatasetConfig.suggested("own", own))
    back = RunConfig.from_url(config.to_url())
    assert back == config
    assert back.digest == config.digest
    assert back.dataset.spec.label == own.title


# Made by a version without several targets.
@pytest.mark.parametrize(
    ("y", "name", "content", "digest", "link"),
    [
        (
            ["a", "b"] * 3,
            "",
            "a38eff510ff39c60988f4b508f9df8579b79f5fe72abd69d71fa5f45493bb466",
            "9b0fcb57b59b71c65da34efed4f53b34363fb81626769d0ff44539962e3beef2",
            "eNpFjksOgzAMBe_iNQsgf65SIeSEWKoKiZQEtQhx9yabduc3fhr7ghyP5DxMgCnhmaEDF0PxoTTEtCcSQ0_EjJO9"
            "0Zq4Fb0ms5IWylhlSJBXI9pVmlUNhIK44IZZy6WssoL5VU32GTCdNYclxXeGSbY727GHOj8uCLi3Hz4D3N0_jXDP"
            "tbdhzktjrQtYLRZ-3MUjlLZgHZvvLxExQFI",
        ),
        (
            np.arange(6) / 4,
            "price",
            "1ab7fc016bdfa35d66c106c261311c3b8c9e3822312229aedb3ec04283939685",
            "5646d222efb652a020cdbfa01dd621212628deed9c3164ea847a909c4c3a296f",
            "eNpFjsEKwjAQRP9lzz10szYm_RWRkmy3paiJJCkqpf9uCoK3mXd4MxvkuCYW6MGl5D4ZGuAYioRSETp_nrhF7cfJUTdqz"
            "dhqVhoJkckbtkJGKUKllHUyehJuT8qQJatNV2XF5Vs1JZmT5LzEUFkYUnxl6PWxdV8foebLBsE9jh9vhL35NwX79dCk"
            "Wcrwg8-01Mv7FzcKOh8",
        ),
    ],
)
def test_one_target_keeps_the_digest_and_the_link_that_it_had(
    y: Any, name: str, content: str, digest: str, link: str
) -> None:
    config = Dataset.from_arrays(_X, y, target_name=name).config
    assert config is not None
    assert config.own is not None
    assert config.own.content == content
    assert RunConfig(dataset=config).digest == digest
    assert write_own(config.own) == link
    assert OwnData.model_validate(read_own(link)) == config.own


def test_names_of_several_targets_are_in_the_digest_and_reach_the_data_set() -> None:
    def config(**changes: object) -> RunConfig:
        return RunConfig(dataset=DatasetConfig(own=VALUES.model_copy(update=changes)))

    assert config().digest != config(target_names=("a", "b")).digest
    spec = config().dataset.spec
    assert (spec.task, spec.target_names) == ("multioutput_regression", ("area (cm²)", "age"))
    assert (spec.target_name, spec.n_targets) == ("", 2)


def test_numbers_in_units_of_their_own_are_scaled_by_default() -> None:
    assert DatasetConfig.suggested("own", VALUES).target_scaling == "standard"
    for own in (LABELS, MIXED, mixed_table().own):
        assert DatasetConfig.suggested("own", own).target_scaling == "none"


@pytest.mark.parametrize(
    ("own", "changes", "sentence"),
    [
        (VALUES, {"task": "regression"}, "2 targets do not fit regression"),
        (VALUES, {"target_names": ("a",)}, "one target alone has no list of names"),
        (VALUES, {"target_names": ()}, "0 classes do not fit several numbers"),
        (VALUES, {"target_names": ("a", "a")}, "two targets have the same name"),
        (VALUES, {"target_name": "a"}, "names of the targets contradict"),
        (VALUES, {"label_values": (("n", "y"),) * 2}, "values of the labels contradict"),
        (LABELS, {"label_values": (("n", "y"),)}, "values of the labels contradict"),
        (LABELS, {"label_values": (("n", "y"), ("0", "0"))}, "the same value for no and for yes"),
        (
            LABELS,
            {"source": "file", "label_values": ()},
            "the values of the labels are missing",
        ),
        (LABELS, {"class_names": ("n", "y"), "class_counts": (3, 3)}, "do not fit several labels"),
        (OWN, {"target_names": ("a", "b")}, "do not fit two classes"),
    ],
)
def test_targets_that_contradict_each_other_are_refused(
    own: OwnData, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        OwnData.model_validate(own.model_dump() | changes)


def test_a_table_of_several_targets_is_kept_and_an_altered_one_refused() -> None:
    table = table_of_arrays(_X, _X > [5, 4])
    back = table_from_bytes(table.to_bytes())
    assert back.own == table.own
    np.testing.assert_array_equal(back.y, table.y)
    for y in (table.y[:, 0], table.y[:, :1]):
        with pytest.raises(SavedFileError, match="altered"):
            table_from_bytes(Table(table.own, table.X, y.copy()).to_bytes())


def test_the_title_is_in_no_digest_and_the_content_is() -> None:
    def digests(**changes: str) -> tuple[str, str]:
        config = RunConfig(dataset=DatasetConfig(own=OWN.model_copy(update=changes)))
        return config.digest, config.data_digest

    assert digests() == digests(title="Another name")
    for one, other in zip(digests(), digests(content="1" * 64), strict=True):
        assert one != other


def test_own_data_and_their_name_come_together() -> None:
    for values in ({"name": "own"}, {"name": "moons", "own": OWN}):
        with pytest.raises(ValidationError) as error:
            DatasetConfig.model_validate(values)
        assert explain(error.value)[0].startswith("own: ")


def test_facts_too_long_for_a_link_are_refused_with_a_sentence() -> None:
    values = OWN.model_dump() | {
        "columns": [
            {"name": f"{k * 7919 % 100_003:x} {'αβγ'[k % 3] * (k % 80)}"} for k in range(200)
        ]
    }
    text = write_own(OwnData.model_validate(values))
    with pytest.raises(ValueError, match="load the settings from a file"):
        read_own(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%%%",
        write_own(OWN)[:-5],
        "A" * MAX_PACKED,
        urlsafe_b64encode(zlib.compress(b"[1, 2]")).decode(),
        urlsafe_b64encode(zlib.compress(b"[" * 100_000)).decode(),
        urlsafe_b64encode(zlib.compress(b"{" + b" " * 50_000_000, 9)).decode(),
    ],
)
def test_altered_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="altered or cut off"):
        read_own(text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"class_counts": (1, 2)}, "contradict"),
        ({"class_names": ("a", "a")}, "contradict"),
        ({"task": "regression"}, "do not fit"),
        ({"task": "clustering"}, "'clustering' is not a task"),
        ({"n_rows": 10**6, "class_counts": (10**6 - 1, 1)}, "cells"),
        ({"columns": (OwnColumn(name="x"), OwnColumn(name="x"))}, "same name"),
        (
            {"columns": (OwnColumn(name="x", has_missing=True), OwnColumn(name="x missing"))},
            "rename a column",
        ),
        ({"group_sizes": (1, 2)}, "groups"),
        (
            {"columns": (OwnColumn(name="x", values=tuple(map(str, range(MAX_INPUTS + 1)))),)},
            "inputs",
        ),
    ],
)
def test_facts_that_contradict_each_other_are_refused(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        OwnData.model_validate(OWN.model_dump() | changes)


def test_a_class_with_too_few_samples_is_named_with_its_count() -> None:
    values = OWN.model_dump() | {"class_counts": (OWN.n_rows - 1, 1)}
    own = OwnData.model_validate(values)
    with pytest.raises(ValidationError) as error:
        DatasetConfig(own=own, test_fraction=0.2)
    assert (
        "class “below” has 1 sample, and each of the 2 splits needs one" in explain(error.value)[0]
    )
    assert DatasetConfig.suggested("own", own).test_fraction == 0
    three = OwnData.model_validate(OWN.model_dump() | {"class_counts": (OWN.n_rows - 2, 2)})
    DatasetConfig(own=three, test_fraction=0.2)
    with pytest.raises(ValidationError):
        DatasetConfig(own=three, test_fraction=0.2, validation_fraction=0.2)
