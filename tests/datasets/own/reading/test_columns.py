import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from annlab.datasets.own.reading.columns import Column, column_of, guess_type
from annlab.datasets.own.reading.roles import IGNORING_RULES, same_as_target
from annlab.datasets.own.recipe import Dialect
from tests.datasets.own.reading.made_files import numbers


def column(texts: list[str], name: str = "x", **dialect) -> Column:
    rows = np.arange(2, len(texts) + 2)
    return column_of(name, pa.array(texts, pa.string()), rows, Dialect(**dialect))


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "2.5", "", "-3e4"], "number"),
        (["1", "2", "NA", "?", "3"], "number"),
        ([*numbers(18), "about 3", "none"], "number"),
        ([*numbers(16), "a", "b", "c", "d"], "category"),
        (["005300", "005301", "005302"], "category"),
        (["0", "1", "0.5", "10"], "number"),
        (["2019-05-01", "2019-05-02T12:30:00Z", "", "?"], "date"),
        (["1.5.2019", "31.12.19", "1/2/2020 12:30 pm"], "date"),
        (["12:30", "9:05:10"], "date"),
        (["a", "b"] * 30, "category"),
        ([f"word {k}" for k in range(20)], "category"),
        ([f"word {k}" for k in range(21)], "text"),
        (["x" * 101, "y"], "text"),
        (["", "", "?"], "category"),
        (["inf", "1", "2"], "number"),
    ],
)
def test_types(texts: list[str], kind: str) -> None:
    assert guess_type(pa.array(texts, pa.string()), Dialect()) == kind


def test_a_column_of_numbers_is_summarized() -> None:
    texts = [*numbers(200), "", "x", "NA"]
    found = column(texts).summary
    values = np.array(texts[:200], float)
    assert (found.n_missing, found.n_distinct) == (3, len(set(values)))
    assert (found.low, found.high) == (values.min(), values.max())
    counts, _ = np.histogram(values, 12)
    assert found.counts == tuple(counts)
    assert "2 cells of “x” are not numbers (“x” and “NA”; rows 203 and 204)." in found.notes[0]


def test_a_category_is_summarized() -> None:
    found = column([*"aab", "", "", "?", *"cdefgh"], missing=("?",)).summary
    assert (found.n_missing, found.n_distinct) == (3, 8)
    assert found.values == ("a", "b", "c", "d", "e", "f")
    assert found.counts == (2, 1, 1, 1, 1, 1)


def test_outliers_are_few_and_far() -> None:
    values = np.random.default_rng(0).normal(50, 5, 120)
    values[[7, 40]] = -200, 999
    found = column([f"{v:.2f}" for v in values]).summary
    far = np.abs(values - np.median(values)) > 5.5 * stats.iqr(values)
    assert far.sum() == 2
    assert "2 values far from the others (−200 and 999; rows 9 and 42)" in found.notes[0]
    assert column([f"{v:.2f}" for v in np.exp(values[:40] / 4)]).summary.notes == ()
    assert column(["1"] * 50 + ["900"]).summary.notes == ()


@pytest.mark.parametrize(
    ("name", "texts", "reason"),
    [
        ("x", ["", "", ""], "empty"),
        ("x", ["5", "", "5.0"], "constant"),
        ("x", ["2019-05-01", "2019-05-02", "2019-05-01"], "date"),
        ("x", ["a", "b", "c"], "identifier"),
        ("x", ["$5.00", "$6", "", "$ 7.5"], "units"),
        ("x", ["5 %", "-0.5%", "7 €"], "units"),
        ("x", ["7", "8", "9", "10"], "identifier"),
        ("x", ["7", "8", "10", "9"], None),
        ("Id", ["7", "8", "10", "9"], "identifier"),
        ("patient_id", ["70", "81", "10", "9"], "identifier"),
        ("id", ["7.5", "8.2", "10.1"], None),
        ("humid", ["7", "80", "10", "9"], None),
        ("x", [f"{k} words" for k in range(30)] + ["1 words"], "text"),
        ("x", ["a", "b"] * 5, None),
    ],
)
def test_why_a_column_is_ignored(name: str, texts: list[str], reason: str | None) -> None:
    found = column(texts, name)
    reasons = [rule.name for rule in IGNORING_RULES if rule.applies(found)]
    assert (reasons[0] if reasons else None) == reason


def test_what_says_the_same_as_the_target() -> None:
    x = np.random.default_rng(0).normal(size=50)
    texts = [f"{v:.6f}" for v in x]
    for same, other in (
        ([f"{-3e20 * v + 5e20:.12e}" for v in np.array(texts, float)], True),
        ([f"{v + 1e-3 * k}" for k, v in enumerate(np.array(texts, float))], False),
        (["1"] * 49 + ["2"], False),
    ):
        assert same_as_target(column(same), column(texts)) is other
    target = column(["yes", "no", "no", ""] * 9)
    assert same_as_target(column(["1", "0", "0", "7"] * 9), target) is False
    assert same_as_target(column(["1", "0", "0", "1"] * 9), target)
    assert same_as_target(column(["1", "0", "1", "0"] * 9), target) is False
    assert same_as_target(column(["b", "a", "a", "b"] * 9), target)
