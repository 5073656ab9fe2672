"""Notes below controls that explain how settings depend on each other."""

from collections.abc import Callable

from annlab.setting_type import Values


def _on_test_split(values: Values) -> str:
    return "Test split: one fold for each network." if values["resample"] == "folds" else ""


def _on_folds(values: Values) -> str:
    if values["resample"] != "folds":
        return ""
    return "Networks is the number of folds. Network k is tested on fold k."


def _on_selu(values: Values) -> str:
    if not values["hidden"] or values["activation"] != "selu":
        return ""
    missing = []
    if values["init"] != "lecun_normal":
        missing.append("LeCun normal weight initialization")
    if values["scaling"] != "standard":
        missing.append("standard scaling of the data")
    return f"SELU needs {' and '.join(missing)} (under Advanced)." if missing else ""


# Link name of a setting, and a function from all values to its note (empty: no note).
NOTES: dict[str, Callable[[Values], str]] = {
    "test": _on_test_split,
    "resample": _on_folds,
    "activation": _on_selu,
}
