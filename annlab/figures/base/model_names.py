"""Letters of the models A, B, C …, and the names of their colors in texts."""

# As many as there are `annlab.figures.base.theme.MODEL_COLORS`.
MODEL_NAMES = tuple("ABCDEF")
# Names of colors that Streamlit's Markdown knows; they match MODEL_COLORS.
MODEL_WORDS = ("violet", "green", "orange", "blue", "red", "gray")
