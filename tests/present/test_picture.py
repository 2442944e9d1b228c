"""A chart on its own still says what it shows, what happened, and where it is from."""

import re
import struct
from datetime import date
from xml.etree import ElementTree as ET

from entrepot.model.event import Event
from entrepot.present.charts import Line, lines, picture

SOURCE = "XAA Statistics <office>, published 2024-01-02 (free); 中国海关总署; ФТС России. As of 2024-02-01."
WAR = Event("war", date(2022, 2, 24), "an event", "a citation", ("WLD",), ("RUS",))
CHART = lines(
    [Line("a & b", {date(2022, m, 1): m * 1e9 for m in range(1, 13)})],
    "USD",
    "Exports of XAA, by month",
    [WAR],
)
NAMESPACE = "{http://www.w3.org/2000/svg}"


def _words(drawn: bytes) -> str:
    return " ".join("".join(one.itertext()) for one in ET.fromstring(drawn).iter(f"{NAMESPACE}text"))


def test_an_svg_file_says_title_events_source_and_as_of_in_fixed_colours() -> None:
    drawn = picture(CHART, SOURCE, "svg")
    assert ET.fromstring(drawn).tag == f"{NAMESPACE}svg"
    for said in (
        "Exports of XAA, by month",
        "(1) 24 February 2022: an event",
        "<office>",
        "2024-02-01",
        "中国海关总署",
    ):
        assert said in _words(drawn)
    assert b"var(--" not in drawn
    assert b"<desc>XAA Statistics &lt;office&gt;" in drawn


def test_a_png_file_is_twice_as_large_as_the_svg_and_white() -> None:
    size = re.search(rb'width="([\d.]+)" height="([\d.]+)"', picture(CHART, SOURCE, "svg"))
    assert size
    width, height = struct.unpack(">II", picture(CHART, SOURCE, "png")[16:24])
    assert width == round(2 * float(size[1]))
    assert abs(height - 2 * float(size[2])) <= 1


def test_a_long_source_is_broken_into_lines_that_fit() -> None:
    drawn = picture(CHART, SOURCE * 9 + "\x00", "svg")
    placed = re.findall(rb'<text x="16" y="[\d.]+" font-size="11"', drawn)
    assert len(placed) > 8
    assert max(map(len, re.findall(r'font-size="11"[^>]*>([^<]*)<', drawn.decode()))) < 140


def test_two_drawings_of_one_chart_are_the_same() -> None:
    assert picture(CHART, SOURCE, "svg") == picture(CHART, SOURCE, "svg")
