import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annlab.datasets.own.reading.column_values import numbers
from annlab.datasets.own.recipe import Dialect


def values(texts: list[str], **dialect) -> list[float]:
    return numbers(pa.array(texts, pa.string()), Dialect(**dialect)).values.tolist()


@given(st.floats(allow_nan=False, min_value=-1e30, max_value=1e30))
@settings(max_examples=200, deadline=None)
def test_every_number_is_read_to_the_bit(value: float) -> None:
    assert values([repr(value)]) == [value]


@given(st.text(alphabet="0123456789.,eE+- infa'_", max_size=8))
@settings(max_examples=500, deadline=None)
def test_what_reads_as_a_number_is_one_for_python(text: str) -> None:
    (found,) = values([text])
    if not math.isnan(found):
        assert found == float(text)


@pytest.mark.parametrize(
    ("text", "dialect", "value"),
    [
        ("12,34", {"decimal": ","}, 12.34),
        ("12,345.678", {"thousands": ","}, 12345.678),
        ("1.234.567,5", {"decimal": ",", "thousands": "."}, 1234567.5),
        ("1’234.5", {"thousands": "'"}, 1234.5),
        ("-1\u00a0234,5", {"decimal": ",", "thousands": " "}, -1234.5),
        ("−7", {}, -7),
        (" +.5e3 ", {}, 500),
        ("1,23", {"thousands": ","}, math.nan),
        ("0,123", {"thousands": ","}, math.nan),
        ("1_000", {}, math.nan),
        ("0x10", {}, math.nan),
        ("٣", {}, math.nan),
    ],
)
def test_marks_of_numbers(text: str, dialect: dict, value: float) -> None:
    assert values([text], **dialect) == pytest.approx([value], abs=0, rel=0, nan_ok=True)


def test_pandas_reads_the_same_numbers() -> None:
    import io

    import pandas as pd

    rng = np.random.default_rng(0)
    texts = [f"{v:,.3f}".translate(str.maketrans(",.", ".,")) for v in rng.normal(0, 1e5, 500)]
    theirs = pd.read_csv(
        io.StringIO("\n".join(texts)), header=None, sep=";", decimal=",", thousands="."
    )[0]
    assert values(texts, decimal=",", thousands=".") == theirs.tolist()


def test_cells_that_are_no_finite_numbers_are_told_apart() -> None:
    texts = ["1", "", "?", "inf", "-Infinity", "1e999", "1e31", "abc", "-999", "-999.0"]
    found = numbers(pa.array(texts), Dialect(missing=("?", "-999")))
    assert np.flatnonzero(found.is_missing).tolist() == [1, 2, 8, 9]
    assert np.flatnonzero(found.is_infinite).tolist() == [3, 4, 5, 6]
    assert np.flatnonzero(found.is_text).tolist() == [7]
    assert np.flatnonzero(~np.isnan(found.values)).tolist() == [0]
