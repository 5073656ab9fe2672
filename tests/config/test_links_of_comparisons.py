"""Addresses of comparisons: any runs survive theirs, and nonsense does no harm."""

import base64
import math
import re
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, RunConfig
from annlab.config.link_settings import MAX_SENTENCE
from annlab.config.links import (
    MAX_QUERY,
    MAX_UNPACKED,
    PACKED,
    PREFIXES,
    read_bench,
    read_comparison,
    write_bench,
    write_comparison,
)
from annlab.config.settings import FIELDS
from annlab.datasets import DATASETS, FUNCTIONS
from annlab.lessons.experiments import EXPERIMENTS, Experiment
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import TASKS
from annlab.validation import LIMITS
from tests.config.test_links import DEFAULT, TOGETHER, WRONG_VALUES

ALL = [run for entry in EXPERIMENTS.values() for run in entry.runs]


def _same(back: tuple[RunConfig, ...], runs: tuple[RunConfig, ...]) -> bool:
    return back == runs and [run.digest for run in back] == [run.digest for run in runs]


@pytest.mark.parametrize("entry", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_an_experiment_survives_its_address_as_a_comparison(entry: Experiment) -> None:
    query = write_comparison(entry.runs)
    assert read_comparison(query) == (entry.runs, [])
    assert len(urlencode(query)) < 300


@pytest.mark.parametrize("n_runs", range(2, 7))
def test_runs_of_all_experiments_survive_beside_each_other(n_runs: int) -> None:
    for i in range(len(ALL)):
        runs = tuple((ALL * 2)[i : i + n_runs])  # of different data and tasks
        back, problems = read_comparison(write_comparison(runs))
        assert _same(back, runs)
        assert problems == []


def test_a_comparison_can_be_read_by_people() -> None:
    moons, iris = (RunConfig(dataset=DatasetConfig(name=name)) for name in ("moons", "iris"))
    assert write_comparison((moons, iris)) == {"runs": "2", "a.data": "moons", "b.data": "iris"}
    assert write_comparison(DEFAULT) == {"runs": "2", **write_bench(DEFAULT)}


def test_default_runs_are_counted() -> None:
    runs = (RunConfig(),) * 5
    assert read_comparison(write_comparison(runs)) == (runs, [])


@pytest.mark.parametrize("n_runs", [0, 7])
def test_too_few_or_too_many_runs_are_not_written(n_runs: int) -> None:
    with pytest.raises(ValueError, match=f"runs: must be 1 to 6, got {n_runs}"):
        write_comparison((RunConfig(),) * n_runs)


def _random_configs(rng: np.random.Generator) -> Iterator[RunConfig]:
    """Valid configs without defaults: long numbers, many layers, every data set."""

    def number(name: str) -> float:
        low, high = LIMITS[name]
        if isinstance(low, int):
            return int(rng.integers(max(low, int(high) // 2), int(high) + 1))
        # Some with exponents of three digits: 1.2345678901234567e-123 is a dropout, too.
        tiny = 10.0 ** -rng.integers(0, 300) if low == 0 and rng.random() < 0.8 else 1.0
        return float(rng.uniform(low, high) * tiny)

    def choice(names: Any) -> str:
        return str(rng.choice(sorted(names)))

    while True:
        spec = DATASETS["function_1d" if rng.random() < 0.5 else choice(DATASETS)]
        task = TASKS[spec.task]
        data: dict[str, Any] = {
            name: number(name) for name in spec.defaults if name not in ("noise", "function")
        }
        if "noise" in spec.defaults:
            data["noise"] = float(rng.uniform(*spec.noise_range))
        if "function" in spec.defaults:
            data["function"] = choice(FUNCTIONS)
        if task.name == "regression":
            data["target_scaling"] = "standard"
        if not spec.n_test_rows:
            data["test_fraction"] = number("test_fraction")
            data["resample"] = choice(["split", *["sample"] * ("seed" in spec.defaults)])
        numbers = (
            "learning_rate momentum rho initial_accumulator weight_decay batch_size max_epochs "
            "early_stopping_patience "
            "n_seeds seed"
        )
        hidden = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
        try:
            yield RunConfig.model_validate(
                {
                    "dataset": data
                    | {
                        "name": spec.name,
                        "validation_fraction": number("validation_fraction"),
                        "split_seed": number("split_seed"),
                        "scaling": choice(["minmax", "standard"]),
                    },
                    "model": {
                        "hidden_sizes": rng.integers(1000, 1025, size=10).tolist(),
                        "activation": choice(hidden),
                        "output_activation": choice(task.output_activations),
                        "init": choice(INITIALIZERS),
                        "dropout": number("dropout"),
                    },
                    "training": {name: number(name) for name in numbers.split()}
                    | {
                        "optimizer": choice(OPTIMIZERS),
                        "loss": choice(task.losses),
                        "record_gradients": True,
                        "accelerator": choice(["cpu", "gpu"]),
                    },
                }
            )
        except ValidationError as error:
            if error.errors()[0]["loc"] != ("dataset",):  # others would come again and again
                raise
            continue  # parts without points


@pytest.mark.parametrize("n_runs", range(2, 7))
def test_any_runs_survive_an_address_that_is_not_too_long(
    n_runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1e30")
    for limit in ("MAX_RUN_BYTES", "MAX_STEP_BYTES", "MAX_DATA_BYTES"):
        monkeypatch.setattr(f"annlab.runs.budget.{limit}", math.inf)
    configs = _random_configs(np.random.default_rng(n_runs))
    longest = 0
    for _ in range(25):
        runs = tuple(islice(configs, n_runs))
        query = write_comparison(runs)
        longest = max(longest, len(urlencode(query)))
        back, problems = read_comparison(query)
        assert _same(back, runs)
        assert problems == []
    assert longest <= MAX_QUERY < 2000
    # From four on they are too long as they are.
    assert (PACKED in query) is (len(urlencode(write_bench(runs))) > MAX_QUERY - len("runs=2&"))
    assert PACKED in query or n_runs < 4


def _packed(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


def test_a_packed_comparison_is_the_one_that_is_written_out() -> None:
    packed = _packed("runs=3&data=moons&hidden=,4-2,8&b.lr=0.1")
    plain = {"runs": "3", "data": "moons", "b.hidden": "4-2", "c.hidden": "8", "b.lr": "0.1"}
    assert read_comparison({PACKED: packed}) == read_comparison(plain)
    assert read_comparison({PACKED: packed})[1] == []
    # What stands beside it goes before.
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
def test_what_cannot_be_unpacked_is_named_and_left_out(packed: str) -> None:
    said = [f"{PACKED}: was altered or cut off, and is left out."]
    assert read_comparison({PACKED: packed}) == ((), said)
    runs, problems = read_comparison({PACKED: packed, "runs": "2", "data": "iris"})
    assert [run.dataset.name for run in runs] == ["iris", "iris"]
    assert problems == said


def test_no_more_is_unpacked_than_is_allowed() -> None:
    filled = "runs=2&data=" + "i" * (MAX_UNPACKED - len("runs=2&data="))
    assert "name" in read_comparison({PACKED: _packed(filled)})[1][0]
    assert "altered" in read_comparison({PACKED: _packed(filled + "i")})[1][0]


def test_nothing_is_unpacked_twice() -> None:
    inner = _packed("runs=2&data=iris")
    _, problems = read_comparison({PACKED: _packed(f"runs=2&{PACKED}={inner}")})
    assert problems == [f"“{PACKED}” is unknown here and left out."]


def test_an_empty_address_means_no_runs() -> None:
    assert read_comparison({}) == ((), [])
    assert read_comparison({"epoch": "7"}, ["epoch"]) == ((), [])
    assert read_comparison({"epoch": "7"}) == ((), ["“epoch” is unknown here and left out."])


@pytest.mark.parametrize("text", ["", "7", "0", "-2", "2.0", "٣", "two", "9" * 5000, "\x00"])
def test_a_wrong_number_of_runs_is_that_of_the_last_with_settings(text: str) -> None:
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
def test_what_does_not_fit_one_run_of_a_comparison_is_left_out_there(
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


def test_what_trackers_add_to_a_comparison_is_ignored_without_a_word() -> None:
    added = {"fbclid": "1", "utm_source": "mail", "_ga": "2", "gclid": "3", "authuser": "0"}
    assert read_comparison(added) == ((), [])
    query = write_comparison(DEFAULT)
    assert read_comparison({**query, **added}) == (DEFAULT, [])


def test_what_is_said_of_a_comparison_is_short_whatever_the_address_holds() -> None:
    query = {f"{i}{'x' * 5000}": "1" for i in range(300)}
    query |= {field.url: "9" * 5000 for field in FIELDS}
    query |= {f"{prefix}.{field.url}": "y" * 5000 for field in FIELDS for prefix in PREFIXES}
    runs, problems = read_comparison(query)
    assert runs == (RunConfig(),) * 6
    assert len(problems) <= 2 + 2 * len(FIELDS)
    assert max(map(len, problems)) <= MAX_SENTENCE + 4 * len("“a.target_scaling”, ")


def test_any_bytes_can_be_packed_and_do_no_harm() -> None:
    rng = np.random.default_rng(0)
    good = write_comparison(ALL[:6])
    text = urlencode(good)
    for _ in range(300):
        letters = list(text)
        for place in rng.integers(len(letters), size=4):
            letters[place] = chr(rng.integers(32, 127))
        altered = "".join(letters)
        for query in (dict(parse_qsl(altered)), {PACKED: _packed(altered)}):
            runs, problems = read_comparison(query)
            assert len(runs) <= 6
            assert all(isinstance(sentence, str) for sentence in problems)
