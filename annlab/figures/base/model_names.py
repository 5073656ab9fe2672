"""Letters of models A, B, C …, and color names for texts."""

# One letter for each of `annlab.figures.base.theme.MODEL_COLORS`.
MODEL_NAMES = tuple("ABCDEF")
# Color names of Streamlit Markdown that match MODEL_COLORS.
MODEL_WORDS = ("violet", "green", "orange", "blue", "red", "gray")
