"""Accelerators of this machine: CPU and GPU."""

import torch


def available() -> dict[str, str]:
    """List the accelerators of this machine: names in configs, and display names.

    Returns
    -------
    dict of str
        Always "cpu"; also "gpu" if PyTorch can use one.
    """
    found = {"cpu": "CPU"}
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name()
    elif torch.backends.mps.is_available():
        found["gpu"] = "Apple GPU"
    return found


def choose(name: str) -> tuple[str, str]:
    """Choose the accelerator of a training.

    Parameters
    ----------
    name : str
        Name in a config; "auto" takes a GPU if the machine has one.

    Returns
    -------
    accelerator : str
        Name for Lightning's Trainer.
    label : str
        Display name.

    Raises
    ------
    ValueError
        If this machine lacks the accelerator.
    """
    found = available()
    name = list(found)[-1] if name == "auto" else name
    if name not in found:
        raise ValueError(
            f"accelerator: there is no {name.upper()} that PyTorch can use on this machine; "
            f"it has {' and '.join(found.values())}"
        )
    return name, found[name]
