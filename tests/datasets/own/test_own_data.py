"""Facts about data of one's own in configs and links."""

import zlib
from base64 import urlsafe_b64encode

import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, RunConfig
from annlab.datasets.own.own_data import (
    MAX_INPUTS,
    MAX_PACKED,
    OwnColumn,
    OwnData,
    read_own,
    write_own,
)
from annlab.validation import explain
from tests.own_data import ARRAYS, mixed_table

OWN = ARRAYS.own
MIXED = mixed_table().own


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


@pytest.mark.parametrize("own", [OWN, MIXED, mixed_table(groups=True).own])
def test_a_link_gives_the_same_config_and_digest(own: OwnData) -> None:
    config = RunConfig(dataset=DatasetConfig.suggested("own", own))
    back = RunConfig.from_url(config.to_url())
    assert back == config
    assert back.digest == config.digest
    assert back.dataset.spec.label == own.title


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
