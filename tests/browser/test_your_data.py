"""A file of one's own in a browser: from the drop to trained models, and who sees it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from annlab import Run
from annlab.analysis.raw_row import columns_of, features_of_row, predict_features
from annlab.ui.text.row_text import probability_text
from annlab.ui.text.scores_text import with_spread
from tests.browser.bench import CHART, RESULTS, metrics, open_tab, quiet
from tests.browser.conftest import Server
from tests.exports.scripts import run_scripts

pytestmark = pytest.mark.browser

# Each word is a mark of its own, to be found in whatever it becomes.
NAME = "<b>qzb</b> $qzt$ [qzl](x:1) :red[qzr] `qzc` **qzs** www.qzw.com a@qzm.com =1+1"
HOSTILE = (f"{NAME} " + "x" * 100)[:100]
# Places where a name was read as markup. Text keeps the letters before each mark; nothing that
# holds a mark without them is bold, code, colored or a formula; and no address becomes a link.
_BROKEN = r"""() => {
    const before = {qzb: '<b>', qzt: '$', qzl: '[', qzr: ':red[', qzc: '`', qzs: '**'};
    const made = 'b, i, em, strong, code, a, font, .katex, [class*=ColoredText]';
    const found = [], seen = [];
    const look = (root) => {
        for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) look(element.shadowRoot);
            const text = element.textContent;
            if (!text.includes('qz') || element.closest('script, style, pre')) continue;
            const is = (what) => element.matches(what);
            if (is('a, .katex')) found.push(element.outerHTML.slice(0, 200));
            for (const [mark, letters] of Object.entries(before)) {
                const n = text.split(mark).length, kept = text.split(letters + mark).length;
                if (n > 1) seen.push(mark);
                const whole = !element.children.length || is(made);
                if (n !== kept && whole) found.push(element.outerHTML.slice(0, 200));
            }
        }
        for (const mark of root.querySelectorAll('tspan, text')) {
            if (!mark.textContent.includes('qz')) continue;
            for (const part of mark.querySelectorAll('tspan[style*=bold], tspan[style*=italic]')) {
                found.push(part.outerHTML.slice(0, 200));
            }
        }
    };
    look(document);
    const failed = document.querySelectorAll('[data-testid=stException]');
    found.push(...Array.from(failed, (one) => one.textContent.slice(0, 200)));
    const main = document.querySelector('[data-testid=stMain]');
    if (main.scrollWidth > main.clientWidth + 1) found.push(`${main.scrollWidth} px wide`);
    return {found: [...new Set(found)], marks: new Set(seen).size};
}"""


def _look(page: Page, where: str, marks: int = 0) -> int:
    """Look at a page whose hostile names show at least so many of the marks; return how many."""
    seen = page.evaluate(_BROKEN)
    assert seen["found"] == [], where
    assert seen["marks"] >= marks, where
    return int(seen["marks"])


def _file(name: str, rows: list[str]) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}


def _wine(seed: int = 0) -> FilePayload:
    """A file like the one on the quality of wines: semicolons, quotes, marks from 3 to 8."""
    random = np.random.default_rng(seed)
    quality = random.integers(3, 9, 120)
    alcohol = 8 + 0.5 * quality + random.normal(0, 0.5, 120)
    acid = random.normal(3.3, 0.2, 120)
    rows = [f"{a:.3f};{b:.3f};{q}" for a, b, q in zip(alcohol, acid, quality, strict=True)]
    return _file("wine.csv", ['"alcohol";"pH";"quality"', *rows])


def _drop(page: Page, file: FilePayload) -> None:
    uploader = page.locator("[data-testid=stFileUploader] input")
    expect(uploader).to_have_count(1)  # while a page is drawn anew, the earlier one stands too
    uploader.set_input_files(file)


def _use(page: Page) -> Locator:
    return page.locator("[class*=st-key-data-use-] button").first


def _results(page: Page) -> None:
    page.wait_for_selector(f"{RESULTS} {CHART}")
    quiet(page)


def _upload(page: Page, server: Server, file: FilePayload) -> None:
    page.goto(f"{server.url}/data")
    _drop(page, file)
    expect(_use(page)).to_be_enabled()
    quiet(page)


def test_a_file_becomes_trained_models_that_only_this_browser_sees(
    page: Page, new_page: Callable[..., Page], server: Server
) -> None:
    _upload(page, server, _wine())
    expect(_use(page)).to_contain_text("Use in Multiclass")
    # Another type of the target is another task.
    page.get_by_role("combobox", name="Target type").click()
    page.get_by_role("option", name="A number").click()
    expect(page.get_by_role("button", name="Use in Regression")).to_be_enabled()
    page.get_by_role("button", name="Use in Regression").click()
    page.wait_for_url("**/regression?**")
    _results(page)
    link = page.url
    page.reload()
    _results(page)
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("wine.csv")
    page.goto(f"{server.url}/data")
    expect(page.get_by_text("120 rows, 2 features, target quality (a number)")).to_be_visible()

    other = new_page()
    other.goto(f"{server.url}/data")
    expect(other.get_by_text("Others see results on your data only if")).to_be_visible()
    quiet(other)
    expect(other.get_by_text("wine.csv")).to_have_count(0)
    other.goto(link)
    expect(other.get_by_text("which this browser has not loaded")).to_be_visible()
    expect(other.locator(".st-key-curves-loss")).to_have_count(0)
    _drop(other, _wine(seed=1))
    expect(other.get_by_text("This is not the file that the link needs")).to_be_visible()
    _drop(other, _wine())
    _results(other)

    # Deleted here, they stay for the browser that has brought them itself.
    page.get_by_text("Delete my data").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("wine.csv")).to_have_count(0)
    other.reload()
    _results(other)


def _open_everything(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('[data-testid=stExpander] details:not([open]) > summary')"
        ".forEach(fold => fold.click())"
    )
    quiet(page)


def test_names_of_a_file_are_nothing_but_text(page: Page, server: Server) -> None:
    random = np.random.default_rng(0)
    rows = [f'"1 {HOSTILE[:98]}","2 {HOSTILE[:98]}","3 {HOSTILE[:98]}","{HOSTILE}"']
    rows += [
        f'{u:.2f},{v:.2f},"{"ab"[k % 2]} {NAME}","{k % 3} {NAME}"'
        for k, (u, v) in enumerate(random.normal(size=(90, 2)))
    ]
    _upload(page, server, _file(f"{NAME.replace('/', '')}.csv", rows))
    _open_everything(page)
    _look(page, "the file", marks=6)
    _use(page).click()
    page.wait_for_url("**/multiclass?**")
    _results(page)
    _open_everything(page)
    _look(page, "the stage", marks=2)  # titles of panels are cut
    tabs = page.get_by_test_id("stTabs").get_by_role("tab")
    shown = {}
    for name in tabs.all_inner_texts():
        tabs.get_by_text(name, exact=True).click()
        quiet(page)
        _open_everything(page)
        if name == "Confusion matrix":
            box = page.get_by_role("combobox", name="Cell of the confusion matrix of model A")
            box.press("ArrowDown")
            box.press("Enter")
            expect(page.get_by_text("Selected: ")).to_be_visible()
            quiet(page)
        shown[name] = _look(page, name)
    # More than stands on the stage above every tab.
    named = ("Confusion matrix", "Decisions", "Report", "Predict a row", "Data")
    assert {name for name in named if shown[name] <= shown["Notes"]} == set()
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/compare?**")
    _results(page)
    _open_everything(page)
    _look(page, "Compare", marks=3)
    page.goto(f"{server.url}/data")
    expect(page.get_by_role("button", name="Delete my data")).to_be_visible()
    quiet(page)
    _look(page, "the list", marks=6)


def _several(kind: str, names: list[str]) -> FilePayload:
    """A file with two features and two targets: numbers, or labels that the features decide."""
    random = np.random.default_rng(0)
    rows = []
    for u, v in random.normal(size=(90, 2)):
        targets = [f"{u + v:.3f}", f"{u * v:.3f}"]
        if kind == "labels":
            targets = [f'"{"no" if side else "yes"} {NAME}"' for side in (u > 0, v > 0.5)]
        rows.append(",".join([f"{u:.2f},{v:.2f}", *targets]))
    return _file("several.csv", [",".join(f'"{name}"' for name in names), *rows])


def _choose_targets(page: Page, *starts: str) -> None:
    """Choose the targets whose names start so; the last column is one already."""
    page.get_by_role("button", name="Add targets").click()
    box = page.get_by_role("combobox", name="Targets: the columns to predict")
    for start in starts:
        box.fill(start)
        box.press("Enter")
        quiet(page)
    box.press("Escape")
    expect(_use(page)).to_be_enabled()
    quiet(page)


@pytest.mark.parametrize("kind", ["numbers", "labels"])
def test_names_of_several_targets_are_nothing_but_text(
    page: Page, server: Server, kind: str
) -> None:
    _upload(page, server, _several(kind, [f"{k} {HOSTILE[:98]}" for k in (1, 2, 3, 4)]))
    _choose_targets(page, "3 ")
    expect(_use(page)).to_contain_text("Use in Several outputs")
    _open_everything(page)
    _look(page, "the file", marks=6)
    _use(page).click()
    page.wait_for_url("**/several_outputs?**")
    _results(page)
    _open_everything(page)
    # Axes of numbers are named in short, so that fewer marks are left than of labels.
    _look(page, "the stage", marks={"numbers": 2, "labels": 3}[kind])
    tabs = page.get_by_test_id("stTabs").get_by_role("tab")
    shown = {}
    for name in tabs.all_inner_texts():
        tabs.get_by_text(name, exact=True).click()
        quiet(page)
        _open_everything(page)
        shown[name] = _look(page, name)
    assert shown["Predict a row"] == 6
    page.goto(f"{server.url}/data")
    expect(page.get_by_role("button", name="Delete my data")).to_be_visible()
    quiet(page)
    _look(page, "the list", marks=6)


@pytest.mark.parametrize("kind", ["numbers", "labels"])
def test_each_target_of_a_row_is_predicted_on_a_phone(
    new_page: Callable[..., Page], server: Server, kind: str, tmp_path: Path
) -> None:
    phone = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    _upload(phone, server, _several(kind, ["u", "v", "first", "second (kg)"]))
    _choose_targets(phone, "first")
    _look(phone, "the file")
    _use(phone).click()
    phone.wait_for_url("**/several_outputs?**")
    _results(phone)
    open_tab(phone, "Export")
    run = Run.load(_download(phone, "Weights and history", 0, tmp_path))
    open_tab(phone, "Predict a row")
    fields = phone.locator(".st-key-row-fields")
    for name, text in (("u", "0.5"), ("v", "-0.25")):
        field = fields.get_by_label(name, exact=True)
        field.fill(text)
        field.press("Enter")
        quiet(phone)
    table = phone.get_by_role("tabpanel").filter(has=fields).locator("table")
    expect(table).not_to_contain_text("true")
    scales = run.preprocessing
    assert scales
    features = features_of_row(columns_of(run.config.dataset, scales), scales, (0.5, -0.25))
    found = predict_features(run.config, run.layers(), scales, features)
    for k, name in enumerate(("first", "second (kg)")):
        cell = table.locator("tr").filter(has_text=name).locator("td").nth(1).inner_text()
        if found.values is not None:
            assert cell == with_spread(found.values[:, k])
            continue
        assert found.labels is not None
        said, probability = cell.split("\n")
        assert probability == probability_text(found.labels[:, k])
        assert said.startswith("yes") == (np.mean(found.labels[:, k] >= 0.5) > 0.5)
    # Two models beside each other, and nothing to scroll sideways.
    assert table.locator("tr").first.locator("th").count() == 3
    assert table.evaluate("table => table.parentElement.scrollWidth <= innerWidth")
    assert table.evaluate(
        "table => table.getBoundingClientRect().right <= "
        "table.closest('[style*=overflow]').getBoundingClientRect().right + 1"
    )


def test_a_file_on_a_phone_fits(new_page: Callable[..., Page], server: Server) -> None:
    phone = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    _upload(phone, server, _wine())
    _look(phone, "the file")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_no_table_gets_a_sentence(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/data")
    image = b"\x89PNG\r\n\x1a\n and more"
    _drop(page, {"name": "image.csv", "mimeType": "text/csv", "buffer": image})
    said = "This is an image. Load a table, such as a CSV file."
    expect(page.get_by_test_id("stAlert").get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="Another file").click()
    expect(page.locator("[data-testid=stFileUploader]")).to_be_visible()


def _plants() -> FilePayload:
    """A file with two kinds that size and color decide, and cells without a value."""
    random = np.random.default_rng(0)
    size, color = random.normal(5, 2, 200), random.integers(0, 3, 200)
    rows = [
        f"{size[k]:.2f},{'' if k % 6 == 1 else f'{random.normal():.2f}'},"
        f"{'' if k % 8 == 2 else ('red', 'green', 'blue')[color[k]]},"
        f"{'wild' if size[k] + 3 * (color[k] == 1) > 6 else 'bred'}"
        for k in range(200)
    ]
    return _file("plants.csv", ["size,weight,color,kind", *rows])


def _download(page: Page, name: str, model: int, folder: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("button", name=name, exact=True).nth(model).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def test_a_file_is_trained_on_predicted_exported_and_compared(
    page: Page, server: Server, tmp_path: Path
) -> None:
    _upload(page, server, _plants())
    expect(page.get_by_text("3 feature columns → 7 inputs")).to_be_visible()
    page.get_by_role("button", name="Use in Logistic vs MLP").click()
    page.wait_for_url("**/logistic_vs_mlp?**")
    _results(page)
    scores = metrics(page)
    assert len(scores) == 2

    # A row with a category and a missing cell.
    open_tab(page, "Predict a row")
    fields = page.locator(".st-key-row-fields")
    tables = page.get_by_role("tabpanel").filter(has=fields).locator("table")
    for name, text in (("size", "5.5"), ("weight", "")):
        field = fields.get_by_label(name, exact=True)
        field.fill(text)
        field.press("Enter")
        quiet(page)
    expect(fields.get_by_label("weight", exact=True)).to_have_attribute("placeholder", "missing")
    predicted = []
    for color in ("red", "green"):
        box = fields.get_by_role("combobox")
        box.fill(color)
        box.press("Enter")
        quiet(page)
        expect(tables.first).not_to_contain_text("true class")
        predicted.append(tables.last.locator("tr").filter(has_text="wild").inner_text())
    assert predicted[0] != predicted[1]

    # The downloaded weights predict the same, and the script runs beside the file.
    open_tab(page, "Export")
    run = Run.load(_download(page, "Weights and history", 1, tmp_path))
    script = _download(page, "Script for PyTorch Lightning", 1, tmp_path)
    scales = run.preprocessing
    assert scales
    columns = columns_of(run.config.dataset, scales)
    for color, shown in zip(("red", "green"), predicted, strict=True):
        features = features_of_row(columns, scales, (5.5, None, color))
        found = predict_features(run.config, run.layers(), scales, features).probabilities
        assert shown.split("\t")[-1] == probability_text(found[:, 1])
    (tmp_path / "plants.csv").write_bytes(_plants()["buffer"])
    (printed,) = run_scripts([script.read_text(encoding="utf-8")], tmp_path)
    assert printed.said == "accuracy on the test split:"
    assert printed.own_warnings == []
    assert printed.score == pytest.approx(float(scores[1].split()[0]), abs=0.1)

    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/compare?**")
    _results(page)
    assert metrics(page) == scores
    expect(page.get_by_text("on 40 test samples").first).to_be_visible()
