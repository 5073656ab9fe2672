"""Which of my runs is better, and is the difference real?"""

from annlab.ui.shell import heading, page_setup

page_setup("compare")
heading(
    "compare",
    "A higher score may be luck. Is the difference real, and what caused it? Select runs of the "
    "same task. Each is compared with a baseline, seed by seed.",
)

from annlab.ui.compare.compare import comparison

comparison()
