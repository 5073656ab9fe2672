"""Letters of models A, B, C …, their mark on traces, and color names for texts."""

# One letter for each of `annlab.figures.base.theme.MODEL_COLORS`.
MODEL_NAMES = tuple("ABCDEF")
# Color names of Streamlit Markdown that match MODEL_COLORS.
MODEL_WORDS = ("violet", "green", "orange", "blue", "red", "gray")


def mark_of_model(name: str) -> dict[str, str]:
    """Value of ``meta`` of a trace that shows a model under its name.

    Without it, a class or label called "A" could not be told apart from model A.
    """
    return {"model": name}
