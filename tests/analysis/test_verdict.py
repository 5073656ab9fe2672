"""Sentences about a comparison: printed interval, claims, and forbidden claims."""

import dataclasses
import re

import numpy as np
import pytest

from annlab.analysis.compared_scores import Measured
from annlab.analysis.comparison import Comparison, compare_scores
from annlab.analysis.intervals import excludes_zero
from annlab.nn.tasks import MEAN_SQUARED_ERROR

RNG = np.random.default_rng(3)
RESAMPLES = ("none", "split", "sample", "folds")
TEST = Measured(split="test", n_samples=114, n_distinct=114, n_train=455)
SQUARED = dataclasses.replace(TEST, score=MEAN_SQUARED_ERROR)


def measured(resample="none", split="test", **changes):
    """Scores on 114 samples of each network, with more different samples over all networks."""
    n_distinct = 114 if resample == "none" else 569
    return dataclasses.replace(
        TEST, resample=resample, split=split, n_distinct=n_distinct, **changes
    )


def judged(a, b, on=TEST, **options):
    return compare_scores(np.array(a, float), np.array(b, float), on, **options)


AHEAD = [0.80, 0.82, 0.81, 0.84, 0.83, 0.80, 0.82, 0.81], [0.9] * 8
OPEN = [0.80, 0.90, 0.81, 0.84, 0.90, 0.80], [0.85] * 6


def failed(*networks, n=20):
    return np.isin(np.arange(n), networks)


# ---- the printed interval

NUMBER = r"([\d,.]+(?:e−?\d+)?)"


def read(text):
    return float(text.replace(",", "").replace("−", "-"))


def printed_interval(found):
    """Printed ends of the interval, as leads of B."""
    text = found.sentence.replace("\u00a0", " ")
    if found.established:
        low, high = map(read, re.search(rf"interval {NUMBER} to {NUMBER}\)", text).groups())
        return (low, high) if "B is ahead" in text else (-high, -low)
    low, high = re.search(r"anything from (.*?) to (.*?) is still possible", text).groups()
    return _end(low), _end(high)


def _end(text):
    if "no difference" in text:
        return 0.0
    who, lead = re.match(rf"([AB]) ahead by {NUMBER}", text).groups()
    return read(lead) if who == "B" else -read(lead)


@pytest.mark.parametrize("on", [TEST, SQUARED], ids=["accuracy", "squared error"])
def test_no_printed_interval_contradicts_its_verdict(on):
    seen = set()
    for _ in range(3_000):
        size = 10 ** RNG.uniform(-7, 1 if on is TEST else 9)
        low = RNG.choice([-1, 1, 0]) * size * 10 ** RNG.uniform(-6, 0)
        interval = (float(low), float(low + size))
        found = Comparison(
            names=("A", "B"),
            split="test",
            n_samples=114,
            n_distinct=114,
            resample="none",
            score=on.score,
            n_pairs=20,
            n_better=12,
            n_worse=8,
            difference=float(np.mean(interval)),
            interval=interval,
            established=excludes_zero(interval),
        )
        ends = printed_interval(found)
        assert excludes_zero(ends) == found.established, found.sentence
        assert ends[0] <= ends[1], found.sentence
        # The printed interval is accurate to a tenth of its length.
        factor = 100 if on is TEST else -1
        expected = sorted(factor * end for end in interval)
        assert ends == pytest.approx(expected, abs=0.1 * abs(factor) * size), found.sentence
        seen.add(found.established)
    assert seen == {True, False}


def test_printed_interval_agrees_with_the_verdict_on_scores():
    seen = set()
    for _ in range(500):
        n, p = int(RNG.integers(5, 25)), RNG.uniform(0.5, 1)
        a = RNG.binomial(114, p, n) / 114
        b = RNG.binomial(114, min(p + RNG.uniform(0, 0.08), 1), n) / 114
        found = judged(a, b)
        assert excludes_zero(printed_interval(found)) == found.established, found.sentence
        assert found.established == excludes_zero(found.interval)
        seen.add(found.established)
    assert seen == {True, False}


def test_a_narrow_interval_has_digits_that_differ():
    a = np.full(20, 0.9) + RNG.normal(0, 1e-5, 20)
    found = judged(a, a + 0.00312 + RNG.normal(0, 1e-5, 20))
    low, high = printed_interval(found)
    assert low < high


# ---- what is said first


@pytest.mark.parametrize(
    ("on", "start"),
    [
        (TEST, "On 114 test samples, "),
        (measured(split="validation"), "On 114 validation samples, "),
        (measured(split="train"), "On the 114 samples they were trained on, "),
        (measured("split"), "On 114 test samples per network (569 different ones in all), "),
        (
            measured("sample", "train"),
            "On the 114 samples each network was trained on (569 different ones in all), ",
        ),
        (dataclasses.replace(TEST, n_samples=4128), "On 4,128 test samples"),
    ],
)
@pytest.mark.parametrize("scores", [AHEAD, OPEN])
def test_the_first_sentence_names_the_samples_and_their_number(on, start, scores):
    assert judged(*scores, on).headline.startswith(start)
    without = judged(*scores, on, reasons=["Nothing is known."]).sentence
    assert without.startswith(f"No verdict: {start[0].lower()}{start[1:]}")


@pytest.mark.parametrize("scores", [AHEAD, OPEN, ([0.9] * 6, [0.9] * 6)])
def test_training_samples_are_about_memory(scores):
    for resample in RESAMPLES:
        first = judged(*scores, measured(resample, "train")).sentence.partition(". ")[0]
        assert first.endswith(": this is about memory, not about new data")


def test_the_leader_is_named_with_points_interval_and_pairs():
    found = judged(*AHEAD)
    assert found.headline == "On 114 test samples, B is ahead of A by 8.4 points"
    said = found.details.replace("\u00a0", " ")
    assert said.startswith(" (approximate 95 % interval 7.2 to 9.6), in 8 of 8 networks. ")
    other = judged(*AHEAD[::-1])
    assert other.headline == "On 114 test samples, A is ahead of B by 8.4 points"
    assert other.details == found.details


def test_the_smaller_error_is_ahead():
    found = judged(*AHEAD[::-1], SQUARED)
    assert "B is ahead of A by 0.084 in mean squared error" in found.headline
    assert "in 8 of 8 networks" in found.details


def test_sentences_use_the_given_model_names():
    for scores in (AHEAD, OPEN):
        said = judged(*scores, names=("Line", "Curve")).sentence
        assert {"Line", "Curve"} <= set(re.findall(r"\w+", said))
        assert not {"A", "B"} & set(re.findall(r"\w+", said))


def test_ties_are_stated():
    found = judged([0.8] * 6, [0.9, 0.9, 0.9, 0.9, 0.9, 0.8])
    assert "in 5 of 6 networks (equal in 1)" in found.sentence


# ---- how far a claim goes


@pytest.mark.parametrize("split", ["test", "validation"])
def test_with_one_split_a_lead_holds_for_other_initial_weights(split):
    said = judged(*AHEAD, measured(split=split)).sentence
    assert said.endswith(
        "Expect the same model to be ahead on average with other initial weights, on these samples."
    )


@pytest.mark.parametrize("chose_epochs", [False, True])
@pytest.mark.parametrize("split", ["test", "validation"])
@pytest.mark.parametrize("scores", [AHEAD, OPEN, ([0.9] * 6, [0.9] * 6), ([1.0] * 6, [1.0] * 6)])
def test_with_one_split_no_claim_is_made_about_new_data(scores, split, chose_epochs):
    for reasons in ([], ["A is still improving."]):
        found = judged(*scores, measured(split=split), reasons=reasons, chose_epochs=chose_epochs)
        assert found.scope == "seeds"
        assert "new data" not in found.sentence + found.method


@pytest.mark.parametrize(
    ("resample", "own"),
    [("split", "its own split"), ("sample", "its own sample"), ("folds", "its own fold")],
)
def test_where_data_vary_a_lead_holds_on_new_data(resample, own):
    found = judged(*AHEAD, measured(resample))
    assert found.scope == "data"
    assert found.sentence.endswith(f"This holds on new data of this kind: each network had {own}.")
    assert "holds on new data" not in judged(*OPEN, measured(resample)).sentence


@pytest.mark.parametrize("resample", ["split", "sample", "folds"])
def test_used_samples_are_not_called_new_data(resample):
    learned = judged(*AHEAD, measured(resample, "train"))
    assert learned.established
    assert "holds on new data" not in learned.sentence
    chosen = judged(*AHEAD, measured(resample, "validation"), chose_epochs=True)
    assert chosen.established
    assert "holds on new data" not in chosen.sentence
    assert "only a test split shows" in chosen.sentence


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        ((True, True), "with other batch orders from the same initial weights, on these samples."),
        (
            (False, True),
            "with other seeds, on these samples; B always starts from the same weights.",
        ),
    ],
)
def test_given_starts_are_not_called_random(given, claim):
    said = judged(*AHEAD, given_starts=given).sentence
    assert said.endswith(f"Expect the same model to be ahead on average {claim}")
    assert "other initial weights" not in said


@pytest.mark.parametrize("resample", ["split", "sample", "folds"])
@pytest.mark.parametrize(
    ("given", "which"), [((True, True), "Both start"), ((True, False), "A starts")]
)
def test_given_starts_say_nothing_about_new_data(resample, given, which):
    # They may come from a network that has learned what another network is tested on.
    said = judged(*AHEAD, measured(resample), given_starts=given).sentence
    assert f"{which} from given weights, which may have learned from these samples" in said
    assert "holds on new data" not in said


# ---- no difference shown


def test_no_shown_difference_is_not_called_equality():
    found = judged(*OPEN)
    assert not found.established
    assert "no difference between A and B is shown" in found.headline
    low, high = printed_interval(found)
    assert low < 0 < high
    assert "This does not prove that they are equal" in found.sentence
    assert f"A ahead by {-low}" in found.sentence  # how large a difference is possible
    assert f"B ahead by {high} points" in found.sentence


def test_equal_means_name_no_leader():
    found = judged([0.9, 0.8, 0.7, 0.9, 0.8, 0.9], [0.8, 0.9, 0.7, 0.9, 0.8, 0.9])
    assert "their averages are equal; B is ahead in 1 and A in 1 of 6 networks" in found.sentence


def test_mean_and_pairs_may_name_different_leaders():
    found = judged([1.0] * 15 + [0.5] * 5, [0.99] * 20)
    assert found.established
    assert "in 5 of 20 networks" in found.sentence
    assert "A wins more often, but B has the better average." in found.sentence
    assert found.sentence.endswith(
        "Expect the same model to be ahead on average with other initial weights, on these samples."
    )
    assert "wins more often" not in judged(*AHEAD).sentence


def test_networks_that_all_score_the_same_are_not_called_equal():
    found = judged([0.9] * 10, [0.9] * 10)
    assert not found.established
    assert found.headline == "On 114 test samples, A and B score the same in all 10 networks"
    low, high = printed_interval(found)
    assert -low == high > 0
    assert "make" not in found.sentence
    assert "No network makes a mistake" in judged([1.0] * 10, [1.0] * 10).sentence
    errors = judged([0.0] * 10, [0.0] * 10, SQUARED).sentence
    assert "No network makes a mistake" in errors
    assert "does not prove" in errors


def test_comparison_of_a_run_with_itself_is_recognized():
    found = judged([0.9] * 10, [0.9] * 10, same_run=True)
    assert found.sentence.endswith("this is one model compared with itself.")
    assert "possible" not in found.sentence


@pytest.mark.parametrize(("n", "n_samples"), [(5, 114), (10, 30), (20, 1000)])
def test_a_constant_lead_of_one_sample_is_established_with_an_interval(n, n_samples):
    on = dataclasses.replace(TEST, n_samples=n_samples, n_distinct=n_samples)
    found = judged([0.5] * n, [0.5 + 1 / n_samples] * n, on)
    assert found.established
    low, high = printed_interval(found)
    assert 0 < low < 100 / n_samples < high


def test_a_constant_difference_of_errors_has_no_interval_to_print():
    found = judged([0.3] * 10, [0.4] * 10, SQUARED)
    assert found.established
    assert "(the same difference in every network), in 10 of 10 networks" in found.sentence


# ---- diverged networks


@pytest.mark.parametrize(
    ("of_a", "of_b", "said"),
    [
        ((3,), (), "without the 1 of 20 pairs in which a network of A diverged (this favors A)"),
        ((), (3, 4), "without the 2 of 20 pairs in which a network of B diverged (this favors B)"),
        ((1, 2), (3,), "3 of 20 pairs in which a network diverged (2 of A, 1 of B; this favors A)"),
        ((1,), (1, 2), "2 of 20 pairs in which a network diverged (1 of A, 2 of B; this favors B)"),
        ((1,), (2,), "1 of A, 1 of B; this favors neither)"),
    ],
)
def test_the_first_sentence_names_missing_pairs_and_the_model_they_favor(of_a, of_b, said):
    a, b = RNG.normal(0.8, 0.01, 20), RNG.normal(0.9, 0.01, 20)
    found = judged(a, b, diverged=(failed(*of_a), failed(*of_b)))
    assert said in found.headline
    assert found.established


# ---- several comparisons, few networks, the method


def test_few_networks_are_called_approximate():
    a = RNG.normal(0.8, 0.01, 20)
    assert "(95\u00a0% interval" in judged(a, a + RNG.normal(0.1, 0.01, 20)).sentence
    fewer = judged(a[:19], a[:19] + RNG.normal(0.1, 0.01, 19))
    assert "(approximate 95\u00a0% interval" in fewer.sentence
    assert "approximate" in fewer.method


def test_several_comparisons_name_their_level():
    found = judged(*AHEAD, n_comparisons=3)
    assert "98.3\u00a0% interval" in found.sentence
    assert "3 comparisons with one baseline" in found.method
    assert "baseline" not in judged(*AHEAD).method


@pytest.mark.parametrize("resample", RESAMPLES)
def test_the_method_is_named_and_explained(resample):
    method = judged(*AHEAD, measured(resample)).method
    assert "Paired t interval" in method
    assert ("Nadeau and Bengio" in method) == (resample in ("split", "folds"))


def test_adding_networks_until_significance_is_never_advised():
    few = judged([0.5], [0.6]), judged([0.5] * 3, [0.6] * 3)
    for found in (*few, judged(*OPEN), judged(*AHEAD)):
        assert "more networks" not in found.sentence + found.method
        assert "sure" not in found.sentence + found.method
    for found in few:
        assert "Decide on a number, say 10, and train them." in found.reason
