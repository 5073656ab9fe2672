"""What this machine can compute on."""

import torch


def available() -> dict[str, str]:
    """The accelerators of this machine: names in configs, and what they are called.

    Returns
    -------
    dict of str
        Always "cpu"; "gpu" where PyTorch can use one.
    """
    found = {"cpu": "CPU"}
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name()
    elif torch.backends.mps.is_available():
        found["gpu"] = "Apple GPU"
    return found


def choose(name: str) -> tuple[str, str]:
    """Settle on an accelerator.

    Parameters
    ----------
    name : str
        "auto" takes the best there is.

    Returns
    -------
    accelerator : str
        As Lightning's Trainer takes it.
    label : str
        What it is called.

    Raises
    ------
    ValueError
        If this machine has no such accelerator.
    """
    found = available()
    name = list(found)[-1] if name == "auto" else name
    if name not in found:
        raise ValueError(
            f"accelerator: there is no {name.upper()} that PyTorch can use on this machine; "
            f"it has {' and '.join(found.values())}"
        )
    return name, found[name]
