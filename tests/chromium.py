"""Where Chromium is, because Playwright's own download is not available everywhere."""

import shutil

HEADLESS = "chromium-headless-shell"
WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome")


def executable(*, as_people_have_it: bool = False) -> str | None:
    """Path of Chromium; None without one.

    Tests take the headless shell if it is there, which opens a page in two thirds of the processor
    time; measurements take the browser that people have.
    """
    names = (*WITH_WINDOWS, HEADLESS) if as_people_have_it else (HEADLESS, *WITH_WINDOWS)
    return next((path for name in names if (path := shutil.which(name))), None)
