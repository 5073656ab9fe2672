"""Comparison links of earlier versions."""

import base64
import re
import zlib
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest

from annlab import DatasetConfig, RunConfig
from annlab.config.link_settings import MAX_SENTENCE, PREFIXES
from annlab.config.links import read_bench, read_comparison, write_bench
from annlab.config.old_links import MAX_UNPACKED, PACKED
from annlab.config.settings import SETTINGS
from tests.config.test_links import DEFAULT, TOGETHER, WRONG_VALUES
from tests.config.test_links_of_comparisons import ALL


def _written(runs: tuple[RunConfig, ...]) -> dict[str, str]:
    """Pack a query as earlier versions did."""
    return {"runs": str(len(runs)), **write_bench(runs)}


@pytest.mark.parametrize("n_runs", range(1, 7))
def test_old_links_of_all_experiments_are_read(n_runs: int) -> None:
    for i in range(len(ALL)):
        runs = tuple((ALL * 2)[i : i + n_runs])
        assert read_comparison(_written(runs)) == (runs, [])


def _packed(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


def test_a_packed_link_equals_the_unpacked_link() -> None:
    packed = _packed("runs=3&data=moons&hidden=,4-2,8&b.lr=0.1")
    plain = {"runs": "3", "data": "moons", "b.hidden": "4-2", "c.hidden": "8", "b.lr": "0.1"}
    assert read_comparison({PACKED: packed}) == read_comparison(plain)
    assert read_comparison({PACKED: packed})[1] == []
    # Settings outside the packed query take precedence.
    runs, problems = read_comparison({PACKED: packed, "b.lr": "0.2"})
    assert runs[1].training.learning_rate == 0.2
    assert problems == []


ALTERED = {
    "nothing": "",
    "no base64": "!!!",
    "a lone surrogate": "\ud800",
    "an emoji": "🦆",
    "not compressed": base64.urlsafe_b64encode(b"runs=2").decode(),
    "cut off": _packed("runs=2&data=moons&lr=0.1,0.2")[:-6],
    "no text": _packed(b"\xff\xfe\x00"),
    "empty": _packed(""),
    "a bomb": _packed(b"runs=2&" + b"0" * 50_000_000),
    "long": "A" * 1_000_000,
}


@pytest.mark.parametrize("packed", ALTERED.values(), ids=ALTERED)
def test_a_damaged_packed_query_is_named_and_left_out(packed: str) -> None:
    said = [f"{PACKED}: was altered or cut off, and is left out."]
    assert read_comparison({PACKED: packed}) == ((), said)
    runs, problems = read_comparison({PACKED: packed, "runs": "2", "data": "iris"})
    assert [run.dataset.name for run in runs] == ["iris", "iris"]
    assert problems == said


def test_unpacking_stops_at_the_limit() -> None:
    filled = "runs=2&data=" + "i" * (MAX_UNPACKED - len("runs=2&data="))
    assert "name" in read_comparison({PACKED: _packed(filled)})[1][0]
    assert "altered" in read_comparison({PACKED: _packed(filled + "i")})[1][0]


def test_a_nested_packed_query_is_not_unpacked() -> None:
    inner = _packed("runs=2&data=iris")
    _, problems = read_comparison({PACKED: _packed(f"runs=2&{PACKED}={inner}")})
    assert problems == [f"“{PACKED}” is unknown here and left out."]


@pytest.mark.parametrize("text", ["", "7", "0", "-2", "2.0", "٣", "two", "9" * 5000, "\x00"])
def test_an_invalid_number_of_runs_follows_the_last_run_with_settings(text: str) -> None:
    runs, problems = read_comparison({"runs": text, "a.lr": "0.1", "d.lr": "0.2"})
    assert [run.training.learning_rate for run in runs] == [0.1, 0.001, 0.001, 0.2]
    assert len(problems) == 1
    assert problems[0].startswith("runs: must be 1 to 6, got")
    assert problems[0].endswith("; 4 are read.")
    assert len(problems[0]) < MAX_SENTENCE


def test_two_runs_are_the_fewest() -> None:
    runs, problems = read_comparison({"data": "iris"})
    assert [run.dataset.name for run in runs] == ["iris", "iris"]
    assert problems == ["runs: must be 1 to 6, got ''; 2 are read."]


def test_settings_beyond_the_number_of_runs_are_left_out() -> None:
    runs, problems = read_comparison({"runs": "2", "b.lr": "0.2", "d.lr": "0.1"})
    assert len(runs) == 2
    assert problems == ["“d.lr” is unknown here and left out."]


@pytest.mark.parametrize(("url", "value", "said"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_wrong_value_in_a_comparison_is_named_and_left_out(
    url: str, value: str, said: str
) -> None:
    for query in ({url: value}, {f"b.{url}": value}, {PACKED: _packed(urlencode({url: "~"}))}):
        runs, problems = read_comparison({"runs": "2", "b.gradients": "True", **query})
        assert [run.training.record_gradients for run in runs] == [False, True]
        assert runs[0] == RunConfig()
        assert len(problems) == 1
        assert said in problems[0] or PACKED in query
        assert problems[0].endswith(f"{url}” is left out.")


@pytest.mark.parametrize(("query", "said", "dropped"), TOGETHER.values(), ids=TOGETHER)
def test_a_setting_that_does_not_fit_one_run_is_left_out_of_it(
    query: dict[str, str], said: str, dropped: set[str]
) -> None:
    wrong = {f"a.{name}": value for name, value in query.items()}
    runs, problems = read_comparison({"runs": "2", "b.data": "wine", **wrong})
    kept = {name: text for name, text in query.items() if name not in dropped}
    assert runs == (
        read_bench({"data": "moons", **kept}, DEFAULT)[0][0],
        RunConfig(dataset=DatasetConfig(name="wine")),
    )
    assert said in "".join(problems)
    named = {name for sentence in problems for name in re.findall("“(.*?)”", sentence)}
    assert named == {f"a.{name}" for name in dropped}


def test_messages_about_an_old_link_are_short() -> None:
    query = {f"{i}{'x' * 5000}": "1" for i in range(300)}
    query |= dict.fromkeys(SETTINGS, "9" * 5000)
    query |= {f"{prefix}.{name}": "y" * 5000 for name in SETTINGS for prefix in PREFIXES}
    runs, problems = read_comparison(query)
    assert runs == (RunConfig(),) * 6
    assert len(problems) <= 2 + 2 * len(SETTINGS)
    assert max(map(len, problems)) <= MAX_SENTENCE + 4 * len("“a.target_scaling”, ")


def test_arbitrary_packed_bytes_never_raise() -> None:
    rng = np.random.default_rng(0)
    text = urlencode(_written(tuple(ALL[:6])))
    for _ in range(300):
        letters = list(text)
        for place in rng.integers(len(letters), size=4):
            letters[place] = chr(rng.integers(32, 127))
        altered = "".join(letters)
        for query in (dict(parse_qsl(altered)), {PACKED: _packed(altered)}):
            runs, problems = read_comparison(query)
            assert len(runs) <= 6
            assert all(isinstance(sentence, str) for sentence in problems)
