"""The main ways through the pages in Debian's Chromium, without a mouse where that matters."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait
from tests.web.serving import Served, serving

ROOT = Path(__file__).parent.parent
CHROMIUM, DRIVER = (shutil.which(name) or "" for name in ("chromium", "chromedriver"))
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,1000"),
)


class Visitor:
    """Somebody with a browser, who looks at each page: pictures go to a folder."""

    def __init__(self, server: Served, driver: webdriver.Chrome, folder: Path) -> None:
        self.server, self.driver, self._folder = server, driver, folder

    def goes_to(self, path: str) -> None:
        self.driver.get(self.server.url + path)

    def follows(self, selector: str) -> None:
        link = self.driver.find_element(By.CSS_SELECTOR, selector)
        link.send_keys(Keys.ENTER)
        WebDriverWait(self.driver, 30).until(staleness_of(link))

    def sees(self, name: str) -> str:
        """Take a picture, and give the words of the page."""
        self.driver.save_screenshot(str(self._folder / f"{name}.png"))
        return self.driver.find_element(By.TAG_NAME, "main").text

    def cells(self, column: int) -> list[str]:
        rows = self.driver.find_elements(By.CSS_SELECTOR, f"table.sortable tbody tr > :nth-child({column})")
        return [cell.text for cell in rows]

    @property
    def complaints(self) -> list[str]:
        driver: Any = self.driver
        return [str(line["message"]) for line in driver.get_log("browser")]

    @property
    def hosts(self) -> set[str]:
        """Name all hosts that anything of the page came from."""
        script = (
            "return performance.getEntries().map(e => e.name).filter(n => n.includes('://')).map(n => new URL(n).host)"
        )
        return set(self.driver.execute_script(script))


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The seeds, served."""
    with serving(ROOT / "seeds", "--jobs", "2") as found:
        yield found


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser of its own; without Chromium the tests are skipped, or fail where they must be run."""
    if not CHROMIUM or not DRIVER:
        reason = "NOT TESTED in a browser: Debian's chromium and chromium-driver are missing; apt-get install them"
        if os.environ.get("DIPLOGRAPH_NEED_SERVERS"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield found
    found.quit()


@pytest.fixture
def visitor(server: Served, driver: webdriver.Chrome, tmp_path: Path) -> Iterator[Visitor]:
    """A visitor who in the end has heard no complaint of the browser, and seen no other host."""
    folder = Path(os.environ.get("DIPLOGRAPH_PICTURES", tmp_path))
    folder.mkdir(exist_ok=True)
    found = Visitor(server, driver, folder)
    yield found
    assert found.complaints == []
    assert found.hosts == {server.url.removeprefix("http://")}


def test_from_the_start_to_an_entity_a_situation_a_claim_and_its_article(visitor: Visitor) -> None:
    visitor.goes_to("/")
    assert "345" in visitor.sees("start")
    visitor.follows("nav a[href='/list/entities']")
    assert "Volodymyr Zelenskyy" in visitor.sees("entities")
    visitor.follows("a[href='/id/entity/zelenskyy']")
    assert "Situations in which it plays a role" in visitor.sees("entity")
    visitor.follows("a[href='/id/situation/zelenskyy-office']")
    assert "Where the sources disagree" in visitor.sees("situation")
    visitor.follows("a[href='/id/claim/9547d0394c01bca0.zelenskyy-office']")
    assert "Prime Minister of Ukraine" in visitor.sees("claim")
    visitor.follows("a[href='/id/article/9547d0394c01bca0']")
    assert "What it tells" in visitor.sees("article")
    assert "Whom it cites" in visitor.sees("article")


def test_a_saved_question_is_asked_with_a_parameter_and_sorted_by_keyboard(visitor: Visitor) -> None:
    visitor.goes_to("/query")
    assert "Saved questions" in visitor.sees("questions")
    visitor.follows("a[href='/query/who-met-whom']")
    field = visitor.driver.find_element(By.ID, "p-who")
    field.send_keys("starmer", Keys.ENTER)
    WebDriverWait(visitor.driver, 30).until(staleness_of(field))
    assert "2 rows" in visitor.sees("answer")
    before = visitor.cells(7)
    heading = visitor.driver.find_element(By.CSS_SELECTOR, "th:nth-child(7)")
    button = heading.find_element(By.TAG_NAME, "button")
    button.send_keys(Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "ascending"
    assert visitor.cells(7) == sorted(before, key=int)
    button.send_keys(Keys.SPACE)
    assert heading.get_attribute("aria-sort") == "descending"
    assert visitor.cells(7) == sorted(before, key=int, reverse=True)
    said = visitor.driver.find_elements(By.CSS_SELECTOR, "p[role=status]")[-1]
    assert said.get_attribute("textContent") == "Sorted by articles, descending."
    visitor.sees("sorted")


def test_the_first_stop_of_the_keyboard_leads_to_the_content(visitor: Visitor) -> None:
    visitor.goes_to("/list/articles")
    body = visitor.driver.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    skip = visitor.driver.switch_to.active_element
    assert skip.text == "Skip to the content"
    visitor.sees("skip")
    skip.send_keys(Keys.ENTER)
    assert visitor.driver.switch_to.active_element.get_attribute("id") == "main"


def test_a_mistake_is_shown_and_can_be_mended(visitor: Visitor) -> None:
    visitor.goes_to("/query")
    editor = visitor.driver.find_element(By.ID, "query")
    editor.clear()
    editor.send_keys("SELECT ?s\n{ ?s a dip:Meeting")
    editor.send_keys(Keys.CONTROL, Keys.ENTER)
    WebDriverWait(visitor.driver, 30).until(staleness_of(editor))
    assert "Line 2, column" in visitor.sees("mistake")
    complaints = visitor.complaints
    assert len(complaints) == 1, "the browser notes the status, and nothing else"
    assert "400" in complaints[0]
    editor = visitor.driver.find_element(By.ID, "query")
    assert editor.get_attribute("value") == "SELECT ?s\n{ ?s a dip:Meeting"
    editor.send_keys(" }")
    visitor.driver.find_element(By.CSS_SELECTOR, "form button").send_keys(Keys.ENTER)
    WebDriverWait(visitor.driver, 30).until(staleness_of(editor))
    assert "7 rows" in visitor.sees("mended")


def test_dark_and_light_follow_the_system_and_a_small_screen_is_enough(visitor: Visitor) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        visitor.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
        visitor.goes_to("/id/situation/espionage-by-diplomats")
        visitor.sees(scheme)
        colours.add(visitor.driver.find_element(By.TAG_NAME, "body").value_of_css_property("background-color"))
    assert len(colours) == 2
    visitor.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    small = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    visitor.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", small)
    for name, path in (("small-start", "/"), ("small", "/id/situation/espionage-by-diplomats")):
        visitor.goes_to(path)
        visitor.sees(name)
        assert visitor.driver.execute_script("return document.documentElement.scrollWidth") <= 390
    visitor.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_wide_tables_move_in_their_box_and_break_to_lines_that_can_be_read(visitor: Visitor) -> None:
    small = {"width": 400, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    visitor.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", small)
    narrowest = (
        "return Math.min(...[...document.querySelectorAll('.scroll td, .scroll tbody th')]"
        ".filter(c => c.offsetWidth && !c.matches('.short, .number, .place')).map(c => c.offsetWidth))"
    )
    for name, path in (
        ("phone-answer", "/query/who-met-whom"),
        ("phone-conflicts", "/query/conflicts"),
        ("phone-article", "/id/article/681f88fd4ad79be2"),
        ("phone-list", "/list/claims?q=talks"),
        ("phone-sides", "/list/conflicts"),
        ("phone-class", f"/about?iri={quote('https://w3id.org/diplograph/ns#Meeting', safe='')}"),
        ("phone-situation", "/id/situation/zelenskyy-office"),
    ):
        visitor.goes_to(path)
        visitor.sees(name)
        assert visitor.driver.execute_script("return document.documentElement.scrollWidth") <= 400, path
        assert visitor.driver.execute_script(narrowest) >= 120, path
    visitor.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    visitor.goes_to("/query/conflicts")
    visitor.sees("wide-conflicts")
    assert visitor.driver.execute_script(
        "const box = document.querySelector('.scroll'); return box.scrollWidth <= box.clientWidth"
    )
    visitor.goes_to("/query/who-met-whom")
    number = visitor.driver.find_element(By.CSS_SELECTOR, "tbody td:nth-child(7)")
    assert number.value_of_css_property("text-align") == "right"


def test_data_that_holds_markup_runs_nothing(driver: webdriver.Chrome, tmp_path: Path) -> None:
    label = "<img src=x onerror=document.title=1><script>document.title=2</script>"
    (tmp_path / "evil.ttl").write_text(
        "@prefix dip: <https://w3id.org/diplograph/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f'<https://w3id.org/diplograph/id/entity/evil> a dip:Person ; rdfs:label "{label}" .\n'
    )
    with serving(tmp_path / "evil.ttl", "--jobs", "1") as server:
        visitor = Visitor(server, driver, tmp_path)
        for path in ("/id/entity/evil", f"/query?query={quote('SELECT ?l { ?s rdfs:label ?l . ?s a dip:Person }')}"):
            visitor.goes_to(path)
            assert label in visitor.sees("evil")
            assert driver.title not in ("1", "2")
        assert visitor.complaints == []
