"""Comparisons of runs: against SciPy's paired t-test, and every reason for no verdict."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

import annlab
from annlab import DatasetConfig, RunConfig, compare, evaluate
from annlab.analysis import pairing
from annlab.analysis.compared_scores import Measured
from annlab.analysis.comparison import compare_scores
from annlab.analysis.convergence import still_improving
from annlab.datasets import load_run_dataset
from annlab.nn.tasks import MEAN_SQUARED_ERROR

LINE = {"data": "moons", "samples": 200, "noise": 0.2, "test": 0.3, "lr": 0.1, "seeds": 8}
CURVE = {"hidden": 4, "activation": "tanh"}


def configured(**changes):
    values = {**LINE, "epochs": 60, **changes}
    return RunConfig.from_url("&".join(f"{name}={value}" for name, value in values.items()))


@pytest.fixture(autouse=True)
def _learned(monkeypatch):
    """Disable the check for improving models, because trainings are short here."""
    monkeypatch.setattr(pairing, "still_improving", lambda run: False)


@pytest.fixture(scope="module")
def line(trained):
    return trained(configured())


@pytest.fixture(scope="module")
def curve(trained):
    return trained(configured(**CURVE))


def changed(run, section, **values):
    part = getattr(run.config, section).model_copy(update=values)
    return dataclasses.replace(run, config=run.config.model_copy(update={section: part}))


def diverging(run, *networks):
    """The run as if some of its networks had diverged in epoch 7."""
    epochs = np.zeros(run.n_seeds, np.int64)
    epochs[list(networks)] = 7
    return dataclasses.replace(run, diverged_epochs=epochs)


# ---- the interval, of runs


def test_compare_is_public():
    assert annlab.compare is compare
    assert {"compare", "Comparison"} <= set(annlab.__all__)


def test_interval_matches_the_paired_t_test_over_networks(line, curve):
    a, b = (evaluate(run, split="test").accuracy for run in (line, curve))
    found = compare(line, curve)
    oracle = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert found.interval == pytest.approx((oracle.low, oracle.high))
    assert found.difference == pytest.approx((b - a).mean())
    assert found.means == pytest.approx((a.mean(), b.mean()))
    assert (found.split, found.n_samples, found.n_distinct) == ("test", 60, 60)
    assert (found.n_pairs, found.n_left_out, found.scope, found.reason) == (8, 0, "seeds", "")
    assert found.n_better == (b > a).sum()
    assert found.n_worse == (b < a).sum()
    assert found.established == (stats.ttest_rel(b, a).pvalue < 0.05)


def test_swapping_the_runs_changes_the_sign(line, curve):
    there, back = compare(line, curve), compare(curve, line)
    assert back.difference == pytest.approx(-there.difference)
    assert back.interval == pytest.approx(tuple(-end for end in reversed(there.interval)))
    assert (back.n_better, back.n_worse) == (there.n_worse, there.n_better)
    assert back.established == there.established


def test_smaller_errors_are_better(trained):
    small, large = (
        trained(configured(data="function_1d", hidden=hidden, seeds=5, epochs=5))
        for hidden in (1, 16)
    )
    a, b = (evaluate(run, split="test").mse for run in (small, large))
    found = compare_scores(
        a,
        b,
        Measured("test", 60, 60, 140, score=MEAN_SQUARED_ERROR),
    )
    assert found.n_better == (b < a).sum()
    assert found.difference == pytest.approx((b - a).mean())
    assert compare(small, large).difference == pytest.approx((b - a).mean())


@pytest.mark.parametrize(
    ("resample", "changes", "ratio"),
    [
        ("split", {}, 60 / 140),
        ("sample", {}, 0.0),
        ("folds", {"test": 0}, 25 / 175),
        ("split", {"test": 0, "validation": 0.3}, 60 / 140),
    ],
)
def test_overlapping_training_samples_widen_the_interval(trained, resample, changes, ratio):
    runs = [trained(configured(resample=resample, **changes, **more)) for more in ({}, CURVE)]
    found = compare(*runs)
    a, b = (evaluate(run, split=found.split).accuracy for run in runs)
    n, difference = 8, b - a
    scale = np.sqrt(difference.var(ddof=1) * (1 / n + ratio))
    oracle = stats.t.interval(0.95, n - 1, difference.mean(), scale)
    assert found.interval == pytest.approx(oracle)
    assert found.scope == "data"
    assert (found.n_samples, found.n_distinct) == (
        len(load_run_dataset(runs[0].config).split(found.split)[1]),
        runs[0].n_distinct[found.split],
    )
    assert found.n_distinct > found.n_samples


@pytest.mark.parametrize("m", [1, 2, 4])
def test_several_comparisons_raise_the_level(line, curve, m):
    a, b = (evaluate(run, split="test").accuracy for run in (line, curve))
    found = compare(line, curve, n_comparisons=m)
    oracle = stats.ttest_rel(b, a).confidence_interval(1 - 0.05 / m)
    assert found.interval == pytest.approx((oracle.low, oracle.high))


# ---- which samples


def test_the_test_split_is_scored_if_present(trained):
    for changes, split, n in (
        ({"validation": 0.25}, "test", 60),
        ({"test": 0, "validation": 0.25}, "validation", 50),
        ({"test": 0}, "train", 200),
    ):
        runs = [trained(configured(epochs=3, seed=5, **changes, **m)) for m in ({}, CURVE)]
        found = compare(*runs)
        assert (found.split, found.n_samples) == (split, n)
        scores = [evaluate(run, split=split).accuracy.mean() for run in runs]
        assert found.difference == pytest.approx(scores[1] - scores[0])


def test_the_split_can_be_chosen(line, curve):
    found = compare(line, curve, split="train")
    assert (found.split, found.n_samples) == ("train", 140)
    assert "about memory" in found.sentence
    with pytest.raises(ValueError, match="validation"):
        compare(line, curve, split="validation")


def test_given_evaluations_and_datasets_are_used(line, curve):
    scored = evaluate(line, split="test"), evaluate(curve, split="test")
    data = load_run_dataset(line.config)
    assert compare(line, curve, evaluations=scored) == compare(line, curve)
    assert compare(line, curve, datasets=(data, data)) == compare(line, curve)


def test_features_may_be_scaled_in_one_run_only(line, trained):
    scaled = trained(configured(scaling="standard"))
    assert not compare(line, scaled).refused


# ---- refused pairs


@pytest.mark.parametrize(
    "other",
    [{"split_seed": 1}, {"test_fraction": 0.4}, {"noise": 0.1}, {"n_samples": 300}, {"seed": 9}],
)
def test_runs_on_other_samples_are_refused(line, other):
    found = compare(line, changed(line, "dataset", **other))
    assert found.refused
    assert not found.established
    assert (found.difference, found.interval, found.n_pairs) == (None, None, 0)
    assert found.reason == (
        "A and B were trained or scored on different samples: their data or split differ."
    )
    assert found.sentence == f"No comparison: {found.reason}"


def test_runs_on_other_data_are_refused(binary_run, multiclass_run):
    found = compare(binary_run, multiclass_run, names=("Moons", "Wine"))
    assert found.reason.startswith("Moons and Wine were trained or scored on different samples")


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("none", "split", "Each network of A has the same split, each network of B its own split."),
        (
            "sample",
            "none",
            "Each network of A has its own sample, each network of B the same split.",
        ),
    ],
)
def test_different_resampling_is_refused(line, a, b, said):
    runs = (changed(line, "dataset", resample=resample) for resample in (a, b))
    found = compare(*runs)
    assert found.refused
    assert found.reason.startswith(said)


@pytest.mark.parametrize(
    ("seed", "n_seeds", "said"),
    [
        (8, 8, "A has seeds 0–7 and B has seeds 8–15."),
        (2, 8, "A has seeds 0–7 and B has seeds 2–9."),
        (0, 20, "A has seeds 0–7 and B has seeds 0–19."),
        (0, 1, "A has seeds 0–7 and B has seed 0."),
    ],
)
def test_unequal_seeds_are_refused(line, seed, n_seeds, said):
    found = compare(line, changed(line, "training", seed=seed, n_seeds=n_seeds))
    assert found.refused
    assert found.reason == f"{said} Train both with the same seeds."


# ---- no verdict


def no_verdict(*runs, **options):
    """Return the reason for no verdict, and assert that nothing is claimed."""
    found = compare(*runs, **options)
    assert not found.established
    assert not found.refused
    assert found.interval is None
    assert found.sentence.startswith("No verdict: on ")
    assert found.sentence.endswith(found.reason)
    assert "interval" not in found.sentence
    return found.reason


def test_a_model_that_is_still_improving_gives_no_verdict(trained, monkeypatch):
    monkeypatch.setattr(pairing, "still_improving", still_improving)
    line = trained(configured(epochs=400))
    short = trained(configured(epochs=3))
    assert still_improving(short)
    assert not still_improving(line)
    said = "still falling, so more epochs may change this result."
    both = no_verdict(short, trained(configured(epochs=3, **CURVE)))
    assert both == f"The training losses of A and B are {said}"
    quick = trained(configured(epochs=400, lr=0.001))
    assert no_verdict(line, quick) == f"The training loss of B is {said}"
    slow = no_verdict(quick, line, names=("Slow", "Fast"))
    assert slow == f"The training loss of Slow is {said}"


def test_a_stopped_model_gives_no_verdict(line, curve):
    stopped = dataclasses.replace(curve, ending="stopped")
    said = "B was stopped after epoch 60 of 60: train it to its end."
    assert no_verdict(line, stopped) == said


def test_unequal_training_gives_no_verdict(line, curve, trained):
    longer = trained(configured(epochs=61))
    assert no_verdict(longer, curve) == (
        "A had 61 epochs and B had 60 epochs. Train both for the same number of epochs, or let "
        "both stop early."
    )
    early = trained(configured(epochs=61, patience=20, **CURVE))
    assert "A had 60 epochs and B had 61" in no_verdict(line, early)
    shorter = trained(configured(epochs=60, patience=1, lr=1.0))
    early = trained(configured(epochs=61, patience=1, lr=1.0, **CURVE))
    assert max(run.epochs_trained.max() for run in (shorter, early)) < 60
    both = compare(shorter, early)
    assert "epochs" not in both.reason


def test_an_earlier_epoch_gives_no_verdict(line, curve):
    epoch = int(line.checkpoints.epochs[-2])
    assert epoch < 60
    said = "These are scores of an earlier epoch, and a verdict is about the end of training."
    assert no_verdict(line, curve, epoch=epoch) == said
    scored = (evaluate(line, split="test", epoch=epoch), evaluate(curve, split="test"))
    assert no_verdict(line, curve, evaluations=scored) == said
    for end in (60, "best", "last", None):
        assert compare(line, curve, epoch=end) == compare(line, curve)


def test_best_and_last_epochs_of_early_stopping_give_a_verdict(trained):
    runs = [trained(configured(epochs=200, patience=15, **more)) for more in ({}, CURVE)]
    assert any((run.best_epochs < run.epochs_trained).any() for run in runs)
    for epoch in ("best", "last", None):
        assert "earlier epoch" not in compare(*runs, epoch=epoch).reason
    epoch = int(runs[0].checkpoints.epochs[3])
    assert "earlier epoch" in no_verdict(*runs, epoch=epoch)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (4, "4 test samples: one of them is 25 points."),
        (29, "29 test samples: one of them is 3.4 points."),
    ],
)
def test_few_samples_give_no_verdict(line, curve, n, said):
    scored = [
        dataclasses.replace(evaluate(run, split="test"), n_samples=n) for run in (line, curve)
    ]
    assert no_verdict(line, curve, evaluations=scored) == said


def test_29_real_samples_give_no_verdict_and_30_give_one(trained):
    few, enough = (
        compare(*(trained(configured(samples=100, test=test, **more)) for more in ({}, CURVE)))
        for test in (0.29, 0.3)
    )
    assert (few.n_samples, enough.n_samples) == (29, 30)
    assert few.reason.startswith("29 test samples")
    assert "test samples" not in enough.reason


def test_few_different_samples_over_all_networks_give_no_verdict(line, curve):
    a, b = (evaluate(run, split="test").accuracy for run in (line, curve))
    on = Measured("test", n_samples=4, n_distinct=29, n_train=100, resample="folds")
    said = "All networks together were scored on 29 different test samples: too few."
    assert compare_scores(a, b, on).reason == said
    assert compare_scores(a, b, dataclasses.replace(on, n_distinct=30)).reason == ""


def test_equal_samples_count_once(trained):
    # Two of the 150 flowers are equal.
    runs = [
        trained(RunConfig.from_url(f"data=iris&seeds=5&epochs=3&lr=0.1{more}"))
        for more in ("", "&hidden=4")
    ]
    found = compare(*runs)
    assert (found.n_samples, found.n_distinct) == (150, 149)
    assert "150 samples they were trained on (149 different ones in all)" in found.sentence


def test_one_network_each_gives_no_verdict(trained):
    runs = [trained(configured(seeds=1, **more)) for more in ({}, CURVE)]
    said = no_verdict(*runs)
    assert said.startswith("This compares one network with one network, so it may be luck.")
    assert "Decide on a number" in said


@pytest.mark.parametrize(("n", "judged"), [(2, False), (4, False), (5, True)])
def test_fewer_than_five_pairs_give_no_verdict(n, judged):
    on = Measured("test", 100, 100, 300)
    found = compare_scores(np.full(n, 0.8), np.linspace(0.85, 0.9, n), on)
    assert (found.interval is not None) == judged
    assert found.reason.startswith("" if judged else f"{n} pairs of networks are too few")


# ---- diverged networks


def test_pairs_with_a_few_diverged_networks_are_left_out(line, curve):
    a, b = (evaluate(run, split="test").accuracy for run in (line, curve))
    found = compare(diverging(line, 2), diverging(curve, 5))
    left = np.delete(np.arange(8), [2, 5])
    oracle = stats.ttest_rel(b[left], a[left]).confidence_interval(0.95)
    assert found.interval == pytest.approx((oracle.low, oracle.high))
    assert (found.n_pairs, found.n_left_out, found.n_diverged) == (6, 2, (1, 1))
    assert "this favors neither" in found.headline
    assert "of A diverged (this favors A)" in compare(diverging(line, 2), curve).headline


def test_scores_of_diverged_networks_are_ignored(line, curve):
    scored = [evaluate(run, split="test") for run in (line, curve)]
    wild = scored[1].confusion.copy()
    wild[3] = 0
    broken = dataclasses.replace(
        scored[1], accuracy=np.where(np.arange(8) == 3, 0.0, scored[1].accuracy), confusion=wild
    )
    runs = line, diverging(curve, 3)
    assert compare(*runs, evaluations=(scored[0], broken)) == compare(*runs)


def test_more_than_one_in_five_diverged_gives_no_verdict():
    on, a, b = Measured("test", 100, 100, 300), np.full(20, 0.8), np.linspace(0.85, 0.9, 20)
    none, four, five = (np.arange(20) < n for n in (0, 4, 5))
    assert compare_scores(a, b, on, diverged=(four, none)).established
    assert compare_scores(a, b, on, diverged=(none, four)).established
    found = compare_scores(a, b, on, diverged=(none, five))
    assert found.reason == (
        "5 of 20 networks of B diverged, more than one in five. Try a smaller learning rate."
    )
    assert found.interval is None


def test_fewer_than_five_remaining_pairs_give_no_verdict():
    on, a, b = Measured("test", 100, 100, 300), np.full(5, 0.8), np.linspace(0.85, 0.9, 5)
    found = compare_scores(a, b, on, diverged=(np.arange(5) == 1, np.zeros(5, bool)))
    assert found.reason.startswith("4 pairs of networks are too few: at least 5 are needed.")


def test_a_fully_diverged_run_has_nothing_to_compare(trained):
    config = configured(optimizer="sgd", lr=100, epochs=30).model_copy(
        update={"dataset": DatasetConfig(name="diabetes", test_fraction=0.3)}
    )
    run = trained(config)
    assert run.ending == "diverged"
    said = no_verdict(run, run)
    assert said.startswith("8 of 8 networks of A and 8 of 8 networks of B diverged")


# ---- equal and constant scores


def test_a_run_is_not_better_than_itself(line):
    found = compare(line, line)
    assert not found.established
    assert found.same_run
    assert "one model compared with itself" in found.sentence


def test_a_model_trained_twice_is_no_better_than_itself(line):
    again = dataclasses.replace(line, duration_seconds=line.duration_seconds + 1)
    assert "one model compared with itself" in compare(line, again).sentence
    scores = evaluate(line)
    moved = dataclasses.replace(scores, accuracy=scores.accuracy + 0.1)
    found = compare(line, again, evaluations=(scores, moved))
    assert not found.established
    assert "this difference comes from the machine" in found.reason
    other = changed(line, "training", seed=line.config.training.seed, learning_rate=0.05)
    assert compare(line, other, evaluations=(scores, moved)).established


def test_a_start_from_given_weights_has_learned_before(line, monkeypatch):
    monkeypatch.setattr(pairing, "still_improving", lambda run: False)
    loss = np.linspace(0.5, 0.49, line.n_epochs + 1)[:, None]
    history = {**line.history, "train_loss": np.repeat(loss, line.n_seeds, axis=1)}
    slow = dataclasses.replace(line, history=history)
    assert "A has hardly learned yet" in compare(slow, changed(line, "training", seed=0)).reason
    going_on = changed(slow, "model", initial_weights=(0.0,) * line.n_parameters)
    assert "hardly learned" not in compare(going_on, line).reason


def test_a_start_that_all_networks_share_is_noted(line, curve):
    assert compare(line, curve).given_starts == (False, False)
    given = changed(curve, "model", initial_weights=(0.0,) * curve.n_parameters)
    found = compare(line, given)
    assert found.given_starts == (False, True)
    assert "other initial weights" not in found.sentence


def test_equal_scores_of_different_runs_are_not_called_equality():
    on, perfect = Measured("test", 100, 100, 300), np.ones(10)
    found = compare_scores(perfect, perfect, on)
    assert not found.established
    low, high = found.interval
    assert low < 0 < high
    assert "does not prove that they are equal" in found.sentence


# ---- extreme scores


def test_one_huge_error_does_not_round_other_pairs_to_equality():
    a = np.array([1.0] * 9 + [1e10])
    b = np.array([1.1, 1.2, 1.3] * 3 + [1.0])
    measured = Measured("test", 100, 100, 400, score=MEAN_SQUARED_ERROR)
    found = compare_scores(a, b, measured)
    assert (found.n_better, found.n_worse) == (1, 9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e200])
def test_non_finite_scores_are_left_out(bad):
    random = np.random.default_rng(0)
    a, b = random.normal(1, 0.1, 20), random.normal(2, 0.1, 20)
    b[3] = bad
    measured = Measured("test", 100, 100, 400, score=MEAN_SQUARED_ERROR)
    found = compare_scores(a, b, measured)
    assert (found.n_pairs, found.n_left_out, found.n_diverged) == (19, 1, (0, 1))
    keep = np.arange(20) != 3
    assert found.difference == pytest.approx((b - a)[keep].mean())
    assert "inf" not in found.sentence


def test_data_files_of_other_sizes_are_refused(line):
    other = dataclasses.replace(line, n_samples={**line.n_samples, "train": 50})
    assert "different files" in compare(line, other).reason
