"""What can a network learn from your own data?"""

from annlab.ui.shell import heading, page_setup

page_setup("data")
heading(
    "data",
    "Load a table as a file, or draw points. Choose the column to predict: its "
    "values decide what kind of task it is, and on which page the networks train. Columns of "
    "words and cells without a value become inputs of their own.",
)

from annlab.ui.data.page import your_data

your_data()
