"""Which settings are good, and how much of it is luck?"""

from annlab.ui.shell import heading, page_setup

page_setup("search")
heading(
    "search",
    "A search trains networks with many settings and compares them on the validation split. Every "
    "config is repeated with several seeds, so you see which differences are real. Choose a "
    "preset or up to four settings on the left and press Search.",
)

from annlab.ui.search.page import search_page

search_page()
