"""Compare page: which runs are compared, and what the verdicts say."""

import re

import pytest

from annlab import compare, evaluate
from annlab.analysis import pairing
from annlab.ui.services import Services
from annlab.ui.text.markdown import colored
from annlab.ui.text.scores_text import colored_difference, verdict, with_spread
from tests.pages.compare_page import open_runs, short_run
from tests.ui.visitor import address, all_html, charts, text_of, verdict_texts

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat short trainings as converged."""
    monkeypatch.setattr(pairing, "still_improving", lambda run: False)


@pytest.mark.usefixtures("learned")
def test_results_are_compared_with_the_baseline(idle: Services) -> None:
    runs = (short_run(seeds="5"), short_run(seeds="5", hidden="8", lr="0.1"))
    visitor = open_runs(idle, *runs)
    a, b = (evaluate(idle.repository.run(run), split="train") for run in runs)
    table = next(block.value for block in visitor.markdown if "| model |" in block.value)
    gain = b.accuracy.mean() - a.accuracy.mean()
    assert colored_difference(gain, b.accuracy.mean(), True) in table
    found = compare(*map(idle.repository.run, runs), names=(colored(0), colored(1)))
    assert found.interval
    line, details = verdict_texts(visitor)
    assert line == verdict(found)
    assert found.method in details
    # With the other baseline, the sign flips.
    visitor.session_state["compare-baseline"] = "B"
    visitor.run()
    table = next(block.value for block in visitor.markdown if "| model |" in block.value)
    assert colored_difference(-gain, a.accuracy.mean(), True) in table
    found = compare(*map(idle.repository.run, reversed(runs)), names=(colored(1), colored(0)))
    assert verdict_texts(visitor)[0] == verdict(found)
    assert address(visitor)["baseline"] == "B"


@pytest.mark.usefixtures("learned")
def test_verdicts_correct_for_several_comparisons(idle: Services) -> None:
    runs = [short_run(seeds="5", hidden=hidden) for hidden in ("2", "4", "8")]
    visitor = open_runs(idle, *runs)
    a, *others = map(idle.repository.run, runs)
    found = [
        compare(a, run, n_comparisons=2, names=(colored(0), colored(k)))
        for k, run in enumerate(others, 1)
    ]
    line, details = verdict_texts(visitor)
    assert line == " · ".join(f"**{one.headline}**" for one in found)
    assert "\n".join(f"- {verdict(one)}" for one in found) in details
    assert "2 comparisons with one baseline" in details


@pytest.mark.usefixtures("learned")
def test_refused_comparisons_do_not_count_in_the_correction(idle: Services) -> None:
    runs = [
        short_run(seeds="5"),
        short_run(seeds="5", hidden="4"),
        short_run(seeds="5", noise="0.4"),
    ]
    visitor = open_runs(idle, *runs)
    found = compare(*map(idle.repository.run, runs[:2]), names=(colored(0), colored(1)))
    assert found.interval
    _, details = verdict_texts(visitor)
    first, refused = details.splitlines()[:2]
    assert first == f"- {verdict(found)}"
    assert "scored on different samples" in refused
    assert "comparisons with one baseline" not in details


def test_runs_with_different_numbers_of_folds_are_no_repetition(idle: Services) -> None:
    visitor = open_runs(idle, *(short_run(resample="folds", seeds=n, seed=n) for n in ("4", "5")))
    assert "repeats" not in text_of(visitor.markdown)
    assert "No comparison" in verdict_texts(visitor)[0]
    visitor = open_runs(idle, *(short_run(resample="folds", seed=n) for n in ("0", "4")))
    assert "repeats" in verdict_texts(visitor)[0]


def test_missing_verdict_names_the_reason(idle: Services) -> None:
    visitor = open_runs(idle, short_run(), short_run(hidden="8"))
    line, _ = verdict_texts(visitor)
    assert line.startswith("**No verdict**: on the 100 samples they were trained on, ")
    assert "4 pairs of networks are too few" in line


def test_runs_on_different_data_are_not_compared(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="4", data="circles"))
    assert "different data" in text_of(visitor.warning)
    assert "scored on different samples" in verdict_texts(visitor)[0]
    (table,) = (block.value for block in visitor.markdown if "| model |" in block.value)
    assert "On the training samples." in table
    assert {"surface-0", "surface-1"} <= set(charts(visitor))


def test_table_names_the_split_if_models_differ_in_it(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="4", test="0.3"))
    (table,) = (block.value for block in visitor.markdown if "| model |" in block.value)
    assert re.findall(r"\| (\w+ samples) \|", table) == ["training samples", "test samples"]
    assert ":gray[In parentheses on the training samples.]" in table


def test_same_samples_with_different_scaling_are_compared(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="4", scaling="standard"))
    assert not visitor.warning
    assert "is ahead of" in verdict_texts(visitor)[0]


def test_runs_with_different_seeds_are_not_paired(idle: Services) -> None:
    visitor = open_runs(idle, short_run(), short_run(seed="4", hidden="4"))
    assert "A] has seeds 0–3 and " in verdict_texts(visitor)[0]
    visitor = open_runs(idle, short_run(), short_run(seed="4"))
    a, b = (
        evaluate(idle.repository.run(run), split="train").accuracy
        for run in (short_run(), short_run(seed="4"))
    )
    sentence = f"with different seeds: {with_spread(b)} instead of {with_spread(a)}"
    assert sentence in verdict_texts(visitor)[0]


@pytest.mark.parametrize(
    ("changes", "n_differences", "said"),
    [
        ({"lr": "0.02"}, 2, ""),
        ({"loss": "mse"}, 1, "Different losses: compare shapes, not heights"),
        (
            {"class_weights": "1-3"},
            1,
            "Different class weights: compare shapes of losses, not heights",
        ),
    ],
)
def test_different_losses_are_not_compared(
    idle: Services, changes: dict[str, str], n_differences: int, said: str
) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="4", **changes))
    (results,) = (m.value for m in visitor.markdown if "| parameters |" in m.value)
    row = next(line for line in results.splitlines() if "[B]" in line)
    # One colored difference each for accuracy and loss.
    n_colored = len(re.findall(r":(?:green|red|gray)\[[+−±]", row))
    assert n_colored == n_differences
    assert said in all_html(visitor)
    assert ("not heights" in all_html(visitor)) is bool(said)
