"""Links of comparisons: round trips, and messages about invalid links."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, RunConfig
from annlab.config.link_settings import MAX_SENTENCE
from annlab.config.links import MAX_RUN_TEXT, read_comparison, write_comparison
from annlab.config.settings import SETTINGS
from annlab.datasets import DATASETS, FUNCTIONS
from annlab.lessons.experiment import Experiment
from annlab.lessons.experiments import EXPERIMENTS
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import TASKS
from annlab.setting_type import Number
from tests.config.test_links import DEFAULT, TOGETHER, WRONG_VALUES

ALL = [run for entry in EXPERIMENTS.values() for run in entry.runs]
LIMITS = {
    setting.name: setting.kind.limits
    for setting in SETTINGS.values()
    if isinstance(setting.kind, Number)
}


def _same(back: tuple[RunConfig, ...], runs: tuple[RunConfig, ...]) -> bool:
    return back == runs and [run.digest for run in back] == [run.digest for run in runs]


def _through_a_browser(query: dict[str, list[str]]) -> dict[str, list[str]]:
    return parse_qs(urlencode(query, doseq=True))


@pytest.mark.parametrize("entry", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_comparison_link_round_trip_of_an_experiment(entry: Experiment) -> None:
    query = _through_a_browser(write_comparison(entry.runs))
    assert read_comparison(query) == (entry.runs, [])


@pytest.mark.parametrize("n_runs", range(1, 7))
def test_comparison_link_round_trip_across_experiments(n_runs: int) -> None:
    lengths = []
    for i in range(len(ALL)):
        runs = tuple((ALL * 2)[i : i + n_runs])  # of different data and tasks
        query = write_comparison(runs)
        lengths.append(len(urlencode(query, doseq=True)))
        back, problems = read_comparison(_through_a_browser(query))
        assert _same(back, runs)
        assert problems == []
    # Mail programs, chats and servers cut off links at about 2,000 characters.
    assert max(lengths) < 1_900
    assert np.median(lengths) < 1_100


def test_a_comparison_link_is_readable() -> None:
    moons, iris = (RunConfig(dataset=DatasetConfig(name=name)) for name in ("moons", "iris"))
    assert write_comparison((moons, iris)) == {"run": ["data=moons", "data=iris"]}


def test_the_same_run_twice_round_trip() -> None:
    runs = (RunConfig(),) * 5
    assert read_comparison(write_comparison(runs)) == (runs, [])


@pytest.mark.parametrize("n_runs", [0, 7])
def test_too_few_or_too_many_runs_are_not_written(n_runs: int) -> None:
    with pytest.raises(ValueError, match=f"runs: must be 1 to 6, got {n_runs}"):
        write_comparison((RunConfig(),) * n_runs)


def test_more_than_six_runs_are_not_read() -> None:
    runs, problems = read_comparison({"run": ["data=moons"] * 8})
    assert runs == (RunConfig(),) * 6
    assert problems == ["run: at most 6 runs are compared; the first are read."]


def _random_configs(rng: np.random.Generator) -> Iterator[RunConfig]:
    """Draw valid configs without defaults: long numbers, many layers, every data set."""

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
            if error.errors()[0]["loc"] != ("dataset",):  # avoids repetitions
                raise
            continue  # splits without samples


@pytest.mark.parametrize("n_runs", range(1, 7))
def test_comparison_link_round_trip_of_any_runs(n_runs: int) -> None:
    configs = _random_configs(np.random.default_rng(n_runs))
    for _ in range(25):
        runs = tuple(islice(configs, n_runs))
        query = write_comparison(runs)
        assert max(map(len, query["run"])) < MAX_RUN_TEXT
        back, problems = read_comparison(_through_a_browser(query))
        assert _same(back, runs)
        assert problems == []


def test_an_empty_link_means_no_runs() -> None:
    assert read_comparison({}) == ((), [])
    assert read_comparison({"epoch": "7"}, ["epoch"]) == ((), [])
    assert read_comparison({"epoch": "7"}) == ((), ["“epoch” is unknown here and left out."])


@pytest.mark.parametrize(("url", "value", "said"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_wrong_value_of_one_run_is_named_and_left_out(url: str, value: str, said: str) -> None:
    query = {"run": [f"{url}={value}", "gradients=True"]}
    runs, problems = read_comparison(query)
    assert [run.training.record_gradients for run in runs] == [False, True]
    assert runs[0] == RunConfig()
    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].endswith(f"“a.{url}” is left out.")


@pytest.mark.parametrize(("query", "said", "dropped"), TOGETHER.values(), ids=TOGETHER)
def test_a_setting_that_does_not_fit_one_run_is_left_out_of_it(
    query: dict[str, str], said: str, dropped: set[str]
) -> None:
    runs, problems = read_comparison({"run": [urlencode(query), "data=wine"]})
    assert runs[1] == RunConfig(dataset=DatasetConfig(name="wine"))
    assert said in "".join(problems)
    for name in dropped:
        assert f"“a.{name}”" in "".join(problems)


def test_unknown_names_are_left_out_and_trackers_ignored_silently() -> None:
    added = {"fbclid": "1", "utm_source": "mail", "_ga": "2", "gclid": "3", "authuser": "0"}
    assert read_comparison(added) == ((), [])
    query = write_comparison(DEFAULT)
    assert read_comparison({**query, **added}) == (DEFAULT, [])
    assert read_comparison({"run": ["data=moons&evil=1&fbclid=2"]}) == (
        (RunConfig(),),
        ["“a.evil” is unknown here and left out."],
    )


def test_messages_about_a_comparison_link_are_short() -> None:
    unknown = {f"{i}{'x' * 5000}": "1" for i in range(300)}
    wrong = "&".join(f"{address}={'9' * 30}" for address in SETTINGS)
    runs, problems = read_comparison({**unknown, "run": [wrong, "z" * 10**6] * 3})
    assert len(runs) == 6
    assert len(problems) <= 10 + 2 * len(SETTINGS)
    assert max(map(len, problems)) <= MAX_SENTENCE + 6 * len("“a.target_scaling”, ")


def test_arbitrary_bytes_never_raise() -> None:
    rng = np.random.default_rng(0)
    text = urlencode(write_comparison(ALL[:6]), doseq=True)
    for _ in range(300):
        letters = list(text)
        for place in rng.integers(len(letters), size=4):
            letters[place] = chr(rng.integers(32, 127))
        runs, problems = read_comparison(parse_qs("".join(letters)))
        assert len(runs) <= 6
        assert all(isinstance(sentence, str) for sentence in problems)


def test_a_text_that_is_too_long_is_cut_between_settings() -> None:
    start, end = "data=moons&fbclid=", "&epochs=2000"
    text = start + "1" * (MAX_RUN_TEXT - len(start) - len("&epochs=2")) + end
    assert len(text) > MAX_RUN_TEXT
    assert text[:MAX_RUN_TEXT].endswith("epochs=2")
    runs, problems = read_comparison({"run": [text]})
    assert runs == (RunConfig(),)
    assert problems == ["run: run a is too long; its end is left out."]


def test_an_empty_run_is_none() -> None:
    assert read_comparison({"run": ["", "data=iris"]})[0] == (
        RunConfig(dataset=DatasetConfig(name="iris")),
    )
