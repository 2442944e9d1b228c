"""The pages in a real browser: they fill, nothing complains, everybody can use them, files are right."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.csv
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from entrepot import Store, answers
from entrepot.reporting import PAGES
from tests.conftest import ROOT
from tests.web.conftest import address

SHOTS = Path(os.environ.get("ENTREPOT_SCREENSHOTS") or ROOT / ".cache" / "screenshots")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
SPARED = ("claims/literature", "claims/webster-2024")  # a ledger takes a minute: one of three is looked at
LONGEST = 240_000  # milliseconds a page may take here


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield found
        found.close()


@pytest.fixture
def opened(browser: Browser, server: str) -> Iterator[Any]:
    """Opens a page of the server and waits for its parts; at the end nothing may have complained."""
    complaints: list[str] = []
    contexts = []

    def open_(path: str, size: Any = SCREEN, spared: Sequence[str] = (), **how: Any) -> Page:
        context = browser.new_context(viewport=size, accept_downloads=True, **how)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for part in spared:
            page.route(
                f"**/part/{part}*", lambda route: route.fulfill(body="<section><h2>Spared</h2></section>")
            )
        page.goto(server.rstrip("/") + path)
        page.wait_for_selector("[aria-busy=true]", state="detached", timeout=LONGEST)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fills_and_everybody_can_use_it(opened, name):
    page = opened(address(name), spared=SPARED)
    assert page.locator("[role=alert]").count() == 0
    assert page.locator("main section h2").count() >= len(PAGES[name].parts) - 1  # some have nothing to say
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    assert _wrong(page) == []
    assert _sticks_out(page) == 0
    page.set_viewport_size(PHONE)
    page.screenshot(path=SHOTS / f"{name}-phone.png", full_page=True)
    assert _sticks_out(page) == 0


def _wrong(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def _sticks_out(page: Page) -> int:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wide))


def test_in_the_dark_it_can_be_read_as_well(opened):
    page = opened(address("overview"), color_scheme="dark")
    assert _wrong(page) == []
    page.screenshot(path=SHOTS / "overview-dark.png", full_page=True)


def test_a_download_is_what_the_library_answers(opened, folder, tmp_path):
    page = opened(address("overview"))
    section = page.locator("section", has_text="China’s exports to Russia, all goods").first
    with page.expect_download() as awaited:
        section.get_by_role("link", name="CSV").click()
    awaited.value.save_as(tmp_path / "rows.csv")
    wanted = answers.flows(Store(folder), by="month", reporter="CHN", partner="RUS").rows
    found = pyarrow.csv.read_csv(tmp_path / "rows.csv")
    assert found["value_usd"].to_pylist() == wanted["value_usd"].to_pylist()


def test_a_shipment_and_a_file_are_screened_by_who_uses_keyboard_phone_or_no_scripts(opened, tmp_path):
    page = opened("/screen", color_scheme="dark")
    assert _wrong(page) == []
    page.get_by_label("Where goods may be rerouted to").fill("")  # corridors would take their time
    page.get_by_label("Sent to").fill("KGZ")
    page.get_by_label("Who receives").fill("<i>Imaginary</i> Freight Forwarding")
    page.get_by_label("Who receives").press("Enter", timeout=LONGEST)
    page.wait_for_selector("#result", timeout=LONGEST)
    assert page.url.endswith("/screen#result")  # nothing of it is in the address
    assert page.get_by_label("Sent to").input_value() == "KGZ"  # told again
    page.locator("#result summary").evaluate_all("all => all.forEach(one => one.click())")
    assert _wrong(page) == []
    with page.expect_download() as awaited:
        page.locator("#result").get_by_role("link", name="JSON").click()
    awaited.value.save_as(tmp_path / "screened.json")
    assert json.loads((tmp_path / "screened.json").read_text())["question"]["fields"]["destination"] == "KGZ"
    plain = opened("/screen", PHONE, java_script_enabled=False)
    plain.get_by_label("Where goods may be rerouted to").fill("")
    plain.locator("#field-file").set_input_files(ROOT / "docs" / "examples" / "shipments.csv")
    plain.get_by_role("button", name="Screen").click(timeout=LONGEST)
    plain.wait_for_selector("#result", timeout=LONGEST)
    assert "For review: 2 of 3 shipments" in plain.locator("#result").inner_text()
    plain.screenshot(path=SHOTS / "screen-phone.png", full_page=True)
    page.set_viewport_size(PHONE)
    assert _sticks_out(page) == 0


def test_the_form_makes_an_address_that_restores_the_view(opened):
    page = opened(address("overview"))
    page.get_by_label("Goods", exact=True).fill("8703")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**commodity=8703**")
    page.wait_for_selector("[aria-busy=true]", state="detached", timeout=LONGEST)
    again = opened("/" + page.url.split("/", 3)[3])
    assert again.get_by_label("Goods", exact=True).input_value() == "8703"
    assert again.locator("main h2").all_inner_texts() == page.locator("main h2").all_inner_texts()


def test_a_mark_says_its_value_and_a_table_sorts_by_keyboard(opened):
    page = opened(address("overview"))
    title = page.locator("figure .wide svg title", has_text="USD").first
    assert re.search(r"\([\d,]+\)", title.text_content())
    page.locator("#direct-1 summary", has_text="Data behind").press("Enter")
    table = page.locator("details[open] table").first
    head = table.locator("th", has_text="value_usd")
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    column = table.locator("th").all_inner_texts().index("value_usd") + 1
    exact = [cell.get_attribute("title") for cell in table.locator(f"tbody td:nth-child({column})").all()]
    values = [float(text.replace(",", "")) for text in exact if text]
    assert values == sorted(values, reverse=True)


def test_a_citation_is_copied(opened):
    page = opened(address("overview"), permissions=["clipboard-read", "clipboard-write"])
    figure = page.locator("#direct-1")
    figure.locator("summary", has_text="how to cite it").press("Enter")
    figure.get_by_role("button", name="Copy").click()
    figure.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == figure.locator("pre").first.text_content()
    assert "General Administration of Customs" in copied


def test_what_is_not_waited_for_can_be_stopped(browser, server):
    page = browser.new_page()
    page.route("**/part/overview/direct*", _hang)
    page.goto(server.rstrip("/") + address("overview"))
    part = page.locator("[data-part*='overview/direct']")  # other parts may take their time too
    part.get_by_role("button", name="Stop").click(timeout=30_000)
    assert "Stopped." in part.inner_text()
    page.unroute("**/part/overview/direct*")
    part.get_by_role("button", name="Try again").click()
    part.locator("figure").first.wait_for(timeout=LONGEST)
    page.close()


def test_what_the_server_could_not_do_can_be_tried_again(browser, server):
    """It had too much to do, was stopped, or is gone: the heading stays, and so does the way on."""
    page = browser.new_page()
    problem = '<p class="missing" role="alert">The server has too much to do.</p>'
    page.route("**/part/overview/held*", lambda route: route.fulfill(status=503, body=problem))
    page.goto(server.rstrip("/") + address("overview"))
    part = page.locator("[data-part*='overview/held']")
    part.get_by_role("button", name="Try again").wait_for()
    assert part.locator("h2").count() == 1
    assert "too much to do" in part.inner_text()
    page.unroute("**/part/overview/held*")
    part.get_by_role("button", name="Try again").click()
    part.locator("figure, table, .missing").first.wait_for(timeout=LONGEST)
    part.get_by_text("How it was computed").first.click()
    assert part.get_by_role("button", name="Copy").first.is_visible()
    page.close()


def _hang(route: Route) -> None:
    """Neither answers nor fails."""


def test_a_page_weighs_little(opened):
    """Below 1 MB after the first visit: what is fetched anew with everything static known."""
    page = opened(address("overview"))
    sizes = "performance.getEntries().filter(e => e.transferSize).map(e => e.transferSize)"
    assert 10_000 < sum(page.evaluate(sizes)) < 1_000_000
