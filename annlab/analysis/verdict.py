"""Sentences about a comparison: which model is ahead, by how much, and how far that holds."""

from annlab.analysis.compared_scores import ComparedScores
from annlab.analysis.intervals import LEVEL
from annlab.datasets.data_settings import EACH_NETWORK_GETS
from annlab.formatting import number, with_precision

# Data that differ between networks, by `DatasetConfig.resample`.
RESAMPLED = {name: words for name, words in EACH_NETWORK_GETS.items() if name != "none"}
_SPLITS = {"test": "test samples", "validation": "validation samples"}


def headline(found: ComparedScores) -> str:
    """Result in one line, without a final period; `details` continues the sentence."""
    a, b = found.names
    if found.refused:
        return "No comparison"
    if found.reason:
        return "No verdict"
    samples = _on_which_samples(found)
    samples = f"{samples[:1].upper()}{samples[1:]}"
    if found.established:
        return f"{samples}, {_lead(found)}"
    if not found.n_better + found.n_worse:
        return f"{samples}, {a} and {b} score the same in all {found.n_pairs} networks"
    return f"{samples}, no difference between {a} and {b} is shown"


def details(found: ComparedScores) -> str:
    """Continuation of the headline: the interval, the pairs, and how far the claim goes."""
    a, b = found.names
    if found.refused:
        return f": {found.reason}"
    if found.reason:
        lead = "there is nothing to compare" if found.difference is None else _lead(found)
        average = " on average" if found.n_pairs > 1 else ""
        return f": {_on_which_samples(found)}, {lead}{average}{_memory(found)}. {found.reason}"
    if found.established:
        first = f" ({_interval(found)}), {_pairs(found)}{_memory(found)}."
        return " ".join([first, *_who_wins_more_often(found), _claim(found)])
    if not found.n_better + found.n_worse:
        return " ".join([f"{_memory(found)}.", *_all_equal(found)])
    lead = (
        f": {_lead(found)} on average, {_pairs(found)}{_memory(found)}."
        if found.difference
        else f": their averages are equal; {b} is ahead in {found.n_better} and {a} in "
        f"{found.n_worse} of {found.n_pairs} networks{_memory(found)}."
    )
    return " ".join([lead, *_who_wins_more_often(found), _still_possible(found)])


def method(found: ComparedScores) -> str:
    """Explanation of the statistical method."""
    sentences = [
        "**Paired t interval.** Network k of one model is compared with network k of the other: "
        "both have the same seed and the same data. If the interval of the mean difference "
        "excludes 0, the difference is established. If it includes 0, no difference is shown, "
        "which does not mean that the models are equal."
    ]
    if found.approximate:
        sentences.append(
            "With fewer than 20 networks it is approximate: for skewed differences a 95\u00a0% "
            "interval holds the true value in 80 to 92\u00a0% of cases."
        )
    if found.resample in ("split", "folds"):
        sentences.append(
            "The networks share training samples, so the variance is enlarged by the ratio of test "
            "to training samples (Nadeau and Bengio, 2003)."
        )
    if found.n_comparisons > 1:
        sentences.append(
            f"For {found.n_comparisons} comparisons with one baseline the level of each is "
            f"{_percent(found.level)} (Bonferroni), so that all hold together at "
            f"{_percent(LEVEL)}."
        )
    return " ".join(sentences)


def amount(value: float, found: ComparedScores) -> str:
    """Format the size of a difference without its unit, as exact as the interval allows.

    A difference other than 0 never reads as 0, so that no rounded interval contradicts the
    verdict.
    """
    half = (found.interval[1] - found.interval[0]) / 2 if found.interval else 0.0
    if found.in_points:
        return with_precision(100 * abs(value), 100 * half or 1.0, fewest=1)
    return with_precision(abs(value), half) if half else number(abs(value))


def _unit(found: ComparedScores) -> str:
    return " points" if found.in_points else f" in {found.score.label.lower()}"


def _leader(found: ComparedScores, difference: float) -> str:
    a, b = found.names
    return b if (difference > 0) == found.score.higher_is_better else a


def _lead(found: ComparedScores) -> str:
    """Clause on which model is ahead, and by how much."""
    a, b = found.names
    difference = found.difference or 0.0
    if not difference:
        return f"{a} and {b} score the same"
    who = _leader(found, difference)
    return f"{who} is ahead of {a if who == b else b} by {amount(difference, found)}{_unit(found)}"


def _on_which_samples(found: ComparedScores) -> str:
    """Clause on the scored samples, their number, and missing pairs."""
    n, own = f"{found.n_samples:,}", found.resample != "none"
    if found.split == "train":
        who = "each network was" if own else "they were"
        samples = f"on the {n} samples {who} trained on"
    else:
        samples = f"on {n} {_SPLITS[found.split]}{' per network' if own else ''}"
    if found.n_distinct != found.n_samples:
        samples += f" ({found.n_distinct:,} different ones in all)"
    return samples + _left_out(found)


def _memory(found: ComparedScores) -> str:
    return ": this is about memory, not about new data" if found.split == "train" else ""


def _left_out(found: ComparedScores) -> str:
    """Clause on the number of missing pairs, and on the model that their absence favors."""
    if not found.n_left_out:
        return ""
    (a, b), (n_a, n_b) = found.names, found.n_diverged
    n = f"{found.n_left_out} of {found.n_left_out + found.n_pairs} pairs"
    if not found.n_pairs:
        return f", of which no pair is left: {n_a} networks of {a} and {n_b} of {b} diverged"
    if n_a and n_b:
        favors = "neither" if n_a == n_b else a if n_a > n_b else b
        return f", without the {n} in which a network diverged ({n_a} of {a}, {n_b} of {b}; " + (
            f"this favors {favors})"
        )
    who = a if n_a else b
    return f", without the {n} in which a network of {who} diverged (this favors {who})"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}\u00a0%"


def _named_interval(found: ComparedScores) -> str:
    return f"{'approximate ' if found.approximate else ''}{_percent(found.level)} interval"


def _interval(found: ComparedScores) -> str:
    """Interval of the lead, with both ends above 0."""
    low, high = sorted(abs(end) for end in found.interval or (0.0, 0.0))
    if low == high:
        return "the same difference in every network"
    return f"{_named_interval(found)} {amount(low, found)} to {amount(high, found)}"


def _pairs(found: ComparedScores) -> str:
    """Clause on the number of networks in which the leader is ahead."""
    b_leads = _leader(found, found.difference or 1.0) == found.names[1]
    n = found.n_better if b_leads else found.n_worse
    ties = found.n_pairs - found.n_better - found.n_worse
    return f"in {n} of {found.n_pairs} networks" + (f" (equal in {ties})" if ties else "")


def _wins_more_often(found: ComparedScores) -> str:
    """Model that wins more pairs despite the worse mean; empty if no model does."""
    a, b = found.names
    difference = found.difference or 0.0
    if not difference or found.n_better == found.n_worse:
        return ""
    who = b if found.n_better > found.n_worse else a
    return "" if who == _leader(found, difference) else who


def _who_wins_more_often(found: ComparedScores) -> list[str]:
    who = _wins_more_often(found)
    leader = _leader(found, found.difference or 0.0)
    return [f"{who} wins more often, but {leader} has the better average."] if who else []


def _claim(found: ComparedScores) -> str:
    """Sentence on how far an established lead holds: new data only if the data vary."""
    # The interval is of the mean: single networks may differ.
    again = "Expect the same model to be ahead on average with other"
    if any(found.given_starts):
        return _claim_from_a_start(found, again)
    if found.scope == "seeds":
        return f"{again} initial weights, on these samples."
    if found.split == "train":
        return f"{again} training samples of this kind."
    if found.chose_epochs:
        return (
            f"{again} samples of this kind, but early stopping chose the epochs on them: only a "
            "test split shows what is true of new data."
        )
    return f"This holds on new data of this kind: each network had {RESAMPLED[found.resample]}."


def _claim_from_a_start(found: ComparedScores, again: str) -> str:
    """Sentence on an established lead where networks start from given weights."""
    given = [
        name for name, is_given in zip(found.names, found.given_starts, strict=True) if is_given
    ]
    if found.scope == "seeds":
        if len(given) == 2:
            return f"{again} batch orders from the same initial weights, on these samples."
        return f"{again} seeds, on these samples; {given[0]} always starts from the same weights."
    which = f"{given[0]} starts" if len(given) == 1 else "Both start"
    return (
        f"{which} from given weights, which may have learned from these samples, so this says "
        "nothing about new data."
    )


def _still_possible(found: ComparedScores) -> str:
    """Sentence on the differences that the interval leaves possible, on either side."""
    low, high = found.interval or (0.0, 0.0)
    if not found.score.higher_is_better:
        low, high = -high, -low
    a, b = found.names
    ends = [
        f"{who} ahead by {amount(end, found)}" if end else "no difference"
        for who, end in ((a if low < 0 else b, low), (b if high > 0 else a, high))
    ]
    return (
        f"This does not prove that they are equal: anything from {ends[0]} to {ends[1]}"
        f"{_unit(found)} is still possible ({_named_interval(found)})."
    )


def _all_equal(found: ComparedScores) -> list[str]:
    if found.same_run:
        return ["They have the same settings and seeds: this is one model compared with itself."]
    perfect = 1.0 if found.in_points else 0.0
    flawless = (
        ["No network makes a mistake on them, so they cannot tell the models apart."]
        if found.means == (perfect, perfect)
        else []
    )
    if found.interval == (0.0, 0.0):
        return [*flawless, "This does not prove that they are always equal."]
    return [*flawless, _still_possible(found)]
