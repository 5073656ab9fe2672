"""Labels: which of the two values of a column stands for yes."""

from collections.abc import Mapping, Sequence

from annlab.datasets.own.reading.sentences import listed, quoted

# Words for yes, without regard to capitals.
YES_WORDS = frozenset(
    (
        *("1", "1.0", "1,0", "true", "t", "yes", "y", "on", "present", "positive", "pos"),
        *("ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "sì", "s", "verdadero", "sim"),
        *("vero", "verdadeiro", "tak", "да", "+", "x", "✓"),
    )
)
_DIGITS = ("0", "1")


def no_and_yes(values: Sequence[str]) -> tuple[str, str]:
    """Tell which value of a label stands for no and which for yes.

    Parameters
    ----------
    values : sequence of str
        Two values in their order: of numbers, or of the alphabet.

    Returns
    -------
    tuple of (str, str)
        Yes is the only value that is a word for yes; the second value if both are, or neither is.

    Examples
    --------
    >>> no_and_yes(["ja", "nein"])
    ('nein', 'ja')
    >>> no_and_yes(["female", "male"])
    ('female', 'male')
    """
    first, second = values
    are_yes = [value.strip().casefold() in YES_WORDS for value in values]
    return (second, first) if are_yes == [True, False] else (first, second)


def label_notes(pairs: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Say which values mean yes, for labels that are not written as 0 and 1.

    Parameters
    ----------
    pairs : mapping of str to (str, str)
        Values for no and yes, by the names of the labels.
    """
    said = [
        f"{quoted(yes)} for {quoted(name)}"
        for name, (no, yes) in pairs.items()
        if (no, yes) != _DIGITS
    ]
    return (f"A label is yes where its column holds {listed(said)}.",) if said else ()
