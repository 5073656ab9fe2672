"""Parse the text of a setting's field; reject text with no meaning or several."""

import re
import unicodedata
from typing import Any

from annlab.setting_type import (
    MAX_LAYERS,
    MAX_UNITS,
    NO_HIDDEN_LAYER,
    Number,
    Setting,
    Sizes,
    TypedRecord,
)

# Most characters that an error message quotes.
_MAX_QUOTED = 40
_NOT_ASCII = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u3001\u066c", ","),
        "\u066b": ".",
        "×": "x",
    }
)
_SIGN, _EXPONENT = r"[+-]?", r"(?:[eE][+-]?\d{1,5})?"
_NUMBER = re.compile(rf"{_SIGN}(?:\d+\.?\d*|\.\d+){_EXPONENT}")
_POWER_OF_TEN = re.compile(rf"({_SIGN})10(?:\^|\*\*)({_SIGN}\d{{1,5}})")
_DECIMAL_COMMA = re.compile(rf"{_SIGN}\d*,\d+{_EXPONENT}")
# 1,000 and 1.000 mean a thousand in some countries and one in others.
_COMMA_OR_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}")
_POINT_OR_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}\.\d{{3}}")
# Digits in groups of three that have no other meaning.
_GROUPED = re.compile(
    rf"{_SIGN}[1-9]\d{{0,2}}(?:(?:_\d{{3}})+|(?: \d{{3}})+|(?:'\d{{3}})+|(?:,\d{{3}}){{2,}}|"
    r"(?:\.\d{3}){2,}|(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+)"
)
_SIZES = re.compile(r"\d+(?:(?: ?[-,;/x*] ?| )\d+)*")
_PRODUCT = re.compile(r"(\d+) ?[x*] ?(\d+)")
_ONE_LAYER_WITH_COMMA = re.compile(r"[1-9]\d{0,2},0\d{2}")


class TypedError(ValueError):
    """The text of a field has no clear meaning; the message quotes it and shows a valid form."""


def is_typed(setting: Setting) -> bool:
    """Whether a setting has a text field, not a menu or a slider."""
    kind = setting.kind
    return isinstance(kind, TypedRecord) or (
        isinstance(kind, Number | Sizes) and bool(kind.example)
    )


def read_typed(setting: Setting, text: str) -> Any:
    """Parse the value of a setting from the text of its field.

    Parameters
    ----------
    setting : Setting
        A setting with a text field.
    text : str
        Untrusted input.

    Returns
    -------
    int, float, tuple of int, or the value of a `TypedRecord`
        Within the setting's own limits.

    Raises
    ------
    TypedError
        If the text has no meaning, has several, or the value lies outside the limits. The
        message is a sentence without the name of the setting.

    Examples
    --------
    >>> from annlab.config.settings import SETTINGS
    >>> read_typed(SETTINGS["lr"], "0,05")
    0.05
    >>> read_typed(SETTINGS["hidden"], "[4, 2]")
    (4, 2)
    """
    plain = _in_ascii(text)
    if isinstance(setting.kind, Sizes):
        return _sizes(setting.kind, plain, _quoted(text))
    if isinstance(setting.kind, TypedRecord):
        return _record(setting.kind, plain, _quoted(text))
    if not isinstance(setting.kind, Number):
        raise TypeError(f"{setting.address} is not typed")
    kind = setting.kind
    value = _number(kind, plain, _quoted(text))
    low, high = kind.limits
    if not low <= value <= high:
        bound = f"more than {_written(high)}" if value > high else f"less than {_written(low)}"
        raise TypedError(
            f"{_quoted(text)} is {bound}. Write a {_noun(kind)} from {_written(low)} to "
            f"{_written(high)}."
        )
    return int(value) if kind.whole else value + 0.0  # adding 0.0 turns -0.0 into 0.0


def _in_ascii(text: str) -> str:
    """Convert digits and punctuation of any script to ASCII; strip brackets and spaces."""
    letters = []
    for letter in text.translate(_NOT_ASCII):
        digit = unicodedata.decimal(letter, None)
        if digit is not None:
            letter = str(digit)
        elif 0xFF01 <= ord(letter) <= 0xFF5E:  # full-width forms of ASCII
            letter = chr(ord(letter) - 0xFEE0)
        elif letter.isspace():
            letter = " "
        letters.append(letter)
    plain = " ".join("".join(letters).translate(_NOT_ASCII).split())
    for opening, closing in ("()", "[]", "{}", '""', "''"):
        if len(plain) > 1 and plain[0] == opening and plain[-1] == closing:
            plain = plain[1:-1].strip()
    # The comma of a tuple with one value, such as (50,).
    return re.sub(r"(?<=\d) ?,$", "", plain)


def _number(kind: Number, plain: str, quoted: str) -> float:
    if not plain:
        raise TypedError(f"the field is empty. Write a {_noun(kind)}, such as {kind.example}.")
    whole = kind.whole
    percent = not whole and plain.endswith("%")
    text = plain[:-1].rstrip() if percent else plain
    if match := _POWER_OF_TEN.fullmatch(text):
        text = "{}1e{}".format(*match.groups())
    two = _POINT_OR_THOUSANDS if whole else _COMMA_OR_THOUSANDS
    if two.fullmatch(text):
        one = text.replace(",", ".")
        thousands = re.sub("[.,]", "", text)
        raise TypedError(f"{quoted} can mean {float(one):g} or {thousands}. Write one of these.")
    if whole and _COMMA_OR_THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif _GROUPED.fullmatch(text):
        text = _without_groups(text)
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise TypedError(
            f"{quoted} is not a {'whole ' * whole}number. Write it like {kind.example}."
        )
    value = float(text) / (100 if percent else 1)
    if whole and value not in (float("inf"), float("-inf")) and not value.is_integer():
        raise TypedError(f"{quoted} is not a whole number. Write it like {kind.example}.")
    return value


def _without_groups(text: str) -> str:
    """Remove the separators of digit groups: 1.000,5 becomes 1000.5."""
    marks = re.findall(r"[^\d+-]", text)
    if len(set(marks)) > 1:  # the last mark is the decimal point
        whole, _, decimals = text.rpartition(marks[-1])
        return whole.replace(marks[0], "") + "." + decimals
    return text.replace(marks[0], "")


def _sizes(kind: Sizes, plain: str, quoted: str) -> tuple[int, ...]:
    text = plain.lower()
    if text in ("", NO_HIDDEN_LAYER):
        return ()
    how = f"Write it like {kind.example}, or {NO_HIDDEN_LAYER} for a linear model."
    if _ONE_LAYER_WITH_COMMA.fullmatch(text):  # no layer has 000 units
        text = text.replace(",", "")
    digits = re.findall(r"\d+", text)
    zeros = any(size[0] == "0" and len(size) > 1 for size in digits)
    if zeros or not _SIZES.fullmatch(text):
        raise TypedError(f"{quoted} is not a list of layer sizes. {how}")
    if len(digits) > MAX_LAYERS:
        raise TypedError(f"{quoted} has {len(digits)} layers. Write at most {MAX_LAYERS}.")
    for size in digits:
        if len(size) > len(str(MAX_UNITS)) or not 1 <= int(size) <= MAX_UNITS:
            raise TypedError(
                f"{quoted} has a layer of {_shortened(size)} units. A layer has 1 to "
                f"{MAX_UNITS:,} units. {how}"
            )
    sizes = tuple(map(int, digits))
    if _PRODUCT.fullmatch(text) and sizes[0] <= MAX_LAYERS:
        n_layers, n_units = sizes
        repeated = (n_units,) * n_layers
        if repeated != sizes:
            raise TypedError(
                f"{quoted} can mean {n_layers}-{n_units} or {'-'.join(map(str, repeated))}. "
                "Write one of these."
            )
    return sizes


def _record(kind: TypedRecord, plain: str, quoted: str) -> Any:
    try:
        return kind.check(kind.read(plain))
    except ValueError as error:
        raise TypedError(
            f"{quoted} cannot be used. {str(error)[:1].upper()}{str(error)[1:]}."
        ) from None


def _noun(kind: Number) -> str:
    return "whole number" if kind.whole else "number"


def _quoted(text: str) -> str:
    return f"“{_shortened(' '.join(text.split()))}”"


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…"


def _written(limit: float) -> str:
    """Format a limit the way users type numbers: 10,000 or 0.000001."""
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:,.6f}".rstrip("0").rstrip(".")


def as_typed(setting: Setting, value: object) -> str:
    """Format a value as text that `read_typed` parses to the same value."""
    if isinstance(setting.kind, TypedRecord):
        return setting.to_text(value)
    if isinstance(value, tuple):
        return setting.format(value)
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)
