"""The review pages: as files, and in a browser as a person uses them."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_samples import RAW

from pipeline.export.load import ExportError, Tables
from pipeline.report.overview import Overview
from pipeline.report.pages import data
from pipeline.report.spans import Mark, pieces
from pipeline.run import run

pytest.importorskip("jinja2")
pytest.importorskip("altair")
pytest.importorskip("vl_convert")

# On one worker: the pages and the browser of this file are made once.
pytestmark = pytest.mark.xdist_group("report")

HOSTILE = """石桥县2025年教育工作要点

为做好2025年全县教育工作，办好人民满意的教育，制定本要点，请认真贯彻执行。<script>window.hacked = 1</script>

一、扩充学位<img src=x onerror="window.hacked = 2">（牵头单位：县教育局<b>）
1．新建公办幼儿园3所，9月底前投入使用。</article></script><script>window.hacked = 3</script>
2．{{ 7 * 7 }} 学前三年毛入园率达到95%以上。（责任单位：县财政局、<script>alert(1)</script>县住建局）
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of all samples, of a hostile text, and of files without a plan."""
    folder = tmp_path_factory.mktemp("in")
    (folder / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    (folder / "<b>broken.txt").write_bytes(bytes(range(256)) * 8)
    (folder / "weather.txt").write_text("今天天气晴。\n", encoding="utf-8")
    run([str(RAW), str(folder)], folder / "out")
    return Tables(folder / "out")


@pytest.fixture(scope="module")
def report(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipeline.report.build import build

    folder = tmp_path_factory.mktemp("report")
    assert build(tables, folder) == len(tables.rows("plans"))
    return folder


class Page(HTMLParser):
    """What a page holds: the text of its article, its elements with their attributes, what it would fetch."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.fetched: list[str] = []
        self._inside = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag == "article":
            self._inside = True
        for name in ("src", "href"):
            link = values.get(name) or ""
            if "://" in link or tag in ("img", "iframe"):
                self.fetched.append(link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data


def test_each_plan_has_a_page_with_its_text_unchanged(tables: Tables, report: Path) -> None:
    texts = {row["source_id"]: row["text"] for row in tables.rows("texts")}
    assert len(list((report / "plans").iterdir())) == len(tables.rows("plans"))
    for plan in tables.rows("plans"):
        page = Page(report / "plans" / f"{plan['plan_id']}.html")
        assert page.text == texts[plan["source_id"]][plan["start"] : plan["end"]].replace("\r\n", "\n").replace(
            "\r", "\n"
        )


def test_every_row_has_an_entry_and_its_text_is_marked(tables: Tables, report: Path) -> None:
    for plan in tables.rows("plans"):
        page = Page(report / "plans" / f"{plan['plan_id']}.html")
        marked = {id_ for _, values in page.tags for id_ in (values.get("data-i") or "").split()}
        listed = {values["id"] for tag, values in page.tags if tag == "li"}
        rows = {
            row[key].rpartition(".")[2]
            for name, key in (
                ("items", "item_id"), ("targets", "target_id"), ("deadlines", "deadline_id"), ("units", "mention_id"),
                ("gaps", "gap_id"),
            )
            for row in tables.rows(name)
            if row["plan_id"] == plan["plan_id"]
        }  # fmt: skip
        assert marked == listed == rows


def test_pages_fetch_nothing_and_run_only_their_own_scripts(report: Path) -> None:
    for file in sorted(report.rglob("*.html")):
        page = Page(file)
        assert page.fetched == [], file.name
        policy = next(values["content"] for tag, values in page.tags if tag == "meta" and "http-equiv" in values)
        assert policy
        assert policy.startswith("default-src 'none'")
        assert "unsafe-inline" not in policy.partition("script-src")[2]


def test_the_index_is_small_and_names_what_failed(report: Path) -> None:
    text = (report / "index.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 200_000
    assert "&lt;b&gt;broken.txt" in text
    assert "weather.txt" in text


def test_the_same_tables_give_the_same_pages(tables: Tables, report: Path, tmp_path: Path) -> None:
    """Also where they stand in parts, as a cluster writes them."""
    from pipeline.report.build import build

    for file in tables.folder.glob("*.parquet"):
        (tmp_path / "tables" / file.stem).mkdir(parents=True)
        shutil.copy(file, tmp_path / "tables" / file.stem / "part-1-0000000.parquet")
    build(Tables(tmp_path / "tables"), tmp_path)
    for file in sorted(report.rglob("*.html")):
        assert (tmp_path / file.relative_to(report)).read_bytes() == file.read_bytes(), file.name


def test_pages_of_plans_that_are_gone_are_removed_and_nothing_else(tables: Tables, tmp_path: Path) -> None:
    from pipeline.report.build import build

    (tmp_path / "plans").mkdir()
    old, mine = tmp_path / "plans" / f"{'0' * 16}.1.html", tmp_path / "plans" / "notes.html"
    for file in (old, mine):
        file.write_text("", encoding="utf-8")
    build(tables, tmp_path)
    assert (old.exists(), mine.exists()) == (False, True)


def test_faults_are_sentences(tables: Tables, tmp_path: Path) -> None:
    from pipeline.report.build import build

    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="choose another folder"):
        build(tables, tmp_path / "file")


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8))
def test_pieces_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [Mark(min(a, b), max(a, b), f"m{i}", "x") for i, (a, b) in enumerate(spans)]
    cut = list(pieces(text, 0, len(text), marks))
    assert "".join(piece.text for piece in cut) == text
    for mark in marks:
        covered = "".join(piece.text for piece in cut if mark in piece.marks)
        assert covered == text[mark.start : mark.end]


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_data_cannot_leave_its_element(value: Any) -> None:
    text = data(value)
    assert "<" not in text
    assert json.loads(text) == value


# In a browser.

PATIENCE = 600  # seconds, on a busy machine; a chart is drawn in one

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1400,900",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless browser with a profile of its own; tests that need one are skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
    )
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no Chromium with its driver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield started
    started.quit()


def look(browser: Any, file: Path, fragment: str = "") -> None:
    """Open a page afresh."""
    browser.get("about:blank")
    browser.get(file.as_uri() + fragment)


def find(browser: Any, selector: str) -> list[Any]:
    """The elements of a selector that a person sees."""
    return [element for element in browser.find_elements("css selector", selector) if element.is_displayed()]


def write(browser: Any, selector: str, text: str) -> None:
    """Put text into a field as a person types it."""
    field = browser.find_element("css selector", selector)
    field.clear()
    field.send_keys(text)


def plan_page(tables: Tables, report: Path, path: str) -> Path:
    """The page of the first plan of a source."""
    source = next(row for row in tables.rows("sources") if row["path"].endswith(path))
    return report / "plans" / f"{source['source_id']}.1.html"


def complaints(browser: Any) -> list[str]:
    """What the console reports as an error."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def test_no_page_complains(browser: Any, report: Path) -> None:
    for file in [*sorted(report.glob("*.html")), *sorted((report / "plans").glob("*.html"))]:
        look(browser, file)
    assert complaints(browser) == []


def test_a_click_in_the_text_shows_the_row_and_the_other_way(browser: Any, tables: Tables, report: Path) -> None:
    look(browser, plan_page(tables, report, "08_task_notes.txt"))
    mark = find(browser, "#text .m.target")[2]
    mark.click()
    (row,) = find(browser, "#rows .row.on")
    assert row.get_attribute("id") in mark.get_attribute("data-i").split()
    for label in ("数值", "规则", "位置"):
        assert label in row.text
    other = find(browser, "#rows .row.deadline")[-1]
    other.click()
    shown = find(browser, "#text .m.on")
    assert shown
    assert all(other.get_attribute("id") in element.get_attribute("data-i").split() for element in shown)
    top = shown[0].rect["y"] - browser.find_element("id", "text").rect["y"]
    assert 0 <= top <= browser.find_element("id", "text").rect["height"]


def test_filters_and_order_of_a_plan(browser: Any, tables: Tables, report: Path) -> None:
    look(browser, plan_page(tables, report, "08_task_notes.txt"))
    write(browser, "#search", "财政")
    rows = find(browser, "#rows .row")
    assert rows
    assert all("财政" in row.get_attribute("textContent") for row in rows)
    write(browser, "#search", "\b")
    for box in browser.find_elements("css selector", "#filters input[type=checkbox]"):
        if box.get_attribute("value") != "deadline" and box.is_selected():
            box.click()
    kinds = {row.get_attribute("class").split()[1] for row in find(browser, "#rows .row")}
    assert kinds == {"deadline"}
    browser.find_element("css selector", "#order option[value=due]").click()
    days = [row.get_attribute("data-due") or "9999" for row in find(browser, "#rows .row")]
    assert days == sorted(days)


def test_gaps_are_marked_and_listed_when_asked_for(browser: Any, tables: Tables, report: Path) -> None:
    look(browser, plan_page(tables, report, "02_preview_pages.txt"))
    assert find(browser, "#text .m.gap")
    assert not find(browser, "#rows .row.gap")
    browser.find_element("css selector", "#filters input[value=gap]").click()
    row = find(browser, "#rows .row.gap")[0]
    row.click()
    assert "原因" in row.text


def test_a_script_in_a_source_is_shown_and_not_run(browser: Any, tables: Tables, report: Path) -> None:
    page = plan_page(tables, report, "hostile.txt")
    for file in (page, report / "index.html", report / "deadlines.html", report / "units.html"):
        look(browser, file)
        assert browser.execute_script("return typeof window.hacked") == "undefined"
    look(browser, page)
    text = browser.find_element("id", "text").get_attribute("textContent")
    assert "<script>window.hacked = 3</script>" in text
    assert "{{ 7 * 7 }}" in text


def test_search_and_filters_of_the_index(browser: Any, tables: Tables, report: Path) -> None:
    look(browser, report / "index.html")
    everything = len(find(browser, "#plans tbody tr"))
    assert everything == len(tables.rows("plans"))
    write(browser, "#search", "充电桩")  # stands in a task only, not in a title
    rows = find(browser, "#plans tbody tr")
    assert 0 < len(rows) < everything
    assert any("08_task_notes.txt" in row.text for row in rows)
    write(browser, "#search", "\b")
    browser.find_element("css selector", "#year option:nth-child(2)").click()
    year = browser.find_element("id", "year").get_attribute("value")
    assert {row.get_attribute("data-year") for row in find(browser, "#plans tbody tr")} == {year}
    write(browser, "#search", "查无此句")
    assert find(browser, "#none")


def test_what_is_due_first_and_who_leads(browser: Any, tables: Tables, report: Path) -> None:
    """As one looks for it: from the index to the deadlines of a plan, the first on top, with who leads."""
    look(browser, report / "index.html")
    write(browser, "#search", "民生实事")
    (row,) = find(browser, "#plans tbody tr")
    row.find_element("css selector", "a[href*='deadlines.html']").click()
    rows = find(browser, "#rows tr")
    days = [row.text[:10] for row in rows]
    assert days == sorted(days)
    (plan,) = (plan for plan in tables.rows("plans") if plan["title"] and "民生实事" in plan["title"])
    tasks = [task for task in tables.rows("tasks") if task["plan_id"] == plan["plan_id"]]
    expected = [(d, t) for t in tasks for d in t["deadlines"] if d["date_end"] and t["status"] == "planned"]
    assert len(rows) >= len(expected) > 3
    for row, (deadline, task) in zip(
        rows[:3], sorted(expected, key=lambda e: (e[0]["date_end"], e[1]["start"])), strict=False
    ):
        day, title, lead = (cell.text for cell in row.find_elements("css selector", "td")[:3])
        assert (day, lead) == (str(deadline["date_end"]), "、".join(task["lead"]))
        assert task["title"].startswith(title)


def test_every_dated_deadline_is_listed(tables: Tables) -> None:
    listed = Counter((row[0], row[1]) for row in Overview(tables).due())
    number = {plan["plan_id"]: index for index, plan in enumerate(tables.rows("plans"))}
    for row in tables.rows("deadlines"):
        if row["date_end"]:
            assert listed[str(row["date_end"]), number[row["plan_id"]]] >= 1


@pytest.mark.parametrize("page", ["deadlines", "indicators", "units"])
def test_charts_are_drawn(browser: Any, report: Path, page: str) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    look(browser, report / f"{page}.html")
    WebDriverWait(browser, PATIENCE).until(lambda b: len(b.find_elements("css selector", "#chart svg path")) > 5)
    marks = browser.find_elements("css selector", "#chart svg .mark-rect path, #chart svg .mark-symbol path")
    assert len(marks) > 2


def test_a_click_on_a_bar_lists_its_month(browser: Any, report: Path) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.support.wait import WebDriverWait

    look(browser, report / "deadlines.html")
    WebDriverWait(browser, PATIENCE).until(lambda b: b.find_elements("css selector", "#chart svg .mark-rect path"))
    bars = browser.find_elements("css selector", "#chart svg .mark-rect.role-mark path")
    tallest = max(bars, key=lambda bar: bar.rect["height"])
    ActionChains(browser).move_to_element(tallest).click().perform()
    found = browser.find_element("id", "found").text
    period = re.search(r"（([\d-]+)）", found)
    assert period
    rows = find(browser, "#rows tr")
    assert found.startswith(f"{len(rows)} ")
    assert rows
    assert all(row.text.startswith(period[1]) for row in rows)
    browser.find_element("id", "all").click()
    assert len(find(browser, "#rows tr")) > len(rows)


def test_a_unit_leads_to_its_plans(browser: Any, report: Path) -> None:
    look(browser, report / "units.html")
    write(browser, "#search", "市卫生健康委")
    (name, *_) = find(browser, "#rows .link")
    name.click()
    link = find(browser, "#rows td:last-child a")[0]
    link.click()
    assert browser.find_element("id", "search").get_attribute("value") == "市卫生健康委"
    assert find(browser, "#rows .row")
