"""The report opens offline, loads nothing, runs nothing, and says what it rests on."""

import base64
import hashlib
import io
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot
from entrepot.present.charts import columns
from entrepot.present.figure import Missing, Section
from entrepot.present.report import render

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def _snapshot(**more: object) -> Snapshot:
    plain = {
        "snapshot": "0123456789abcdef",
        "sha256": "0" * 64,
        "source": "tidy",
        "format": "tidy",
        "file": "figures.csv",
        "size_bytes": 1,
        "published": "2024-01-31",
        "published_is_known": True,
        "retrieved": "2024-02-01T00:00:00+00:00",
        "publisher": "An office",
        "licence": "CC BY 4.0",
        "citation": "An office, a table",
        "rank": 10,
        "rows": 1,
        "rejects": 0,
        "missing": 0,
        "warnings": (),
    }
    return Snapshot.from_json(plain | more)


def _answer(**more: object) -> Answer:
    rows = pa.table(
        {"partner": ["RUS"], "value_usd": [12_412_345_678.5], "status": [more.pop("status", "reported")]}
    )
    asked = {"command": "flows", "reporter": "CHN"} | more
    return Answer(asked, rows, [_snapshot()], {"rows": "SELECT 1 < 2"}, ["beware of this."])


class _Page(HTMLParser):
    """What a browser would see: tags with attributes, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def _section(**more: object) -> Section:
    chart = columns([{"name": "Russia", "value": 1.0, "label": "1"}], "USD", "a chart")
    return Section(
        **{"heading": "A finding", "sentences": ["It is so."], "answer": _answer(), "chart": chart} | more
    )


def test_loads_nothing_and_runs_nothing() -> None:
    tags = _Page(render("Title", [_section()])).tags
    assert not [tag for tag, _ in tags if tag in ("script", "iframe", "object", "embed", "form", "base")]
    links = [a[key] or "" for _, a in tags for key in ("src", "href", "xlink:href", "action") if key in a]
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not [
        name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"
    ]


def test_its_policy_forbids_everything_but_its_own_style() -> None:
    page = render("Title", [_section()])
    style = page[page.index("<style>") + 7 : page.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [
        a["content"] for tag, a in _Page(page).tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize(
    "place", ["title", "heading", "sentence", "note", "missing", "standfirst", "data", "query"]
)
def test_hostile_text_stays_text_wherever_it_comes_from(place) -> None:
    rows = pa.table({HOSTILE: [HOSTILE]})
    answers = {
        "data": Answer(
            {"command": HOSTILE}, rows, [_snapshot(publisher=HOSTILE, licence=HOSTILE, citation=HOSTILE)]
        ),
        "query": Answer({}, rows.slice(0, 0), queries={HOSTILE: HOSTILE}, warnings=[HOSTILE]),
    }
    told = {
        "heading": {"heading": HOSTILE},
        "sentence": {"sentences": [HOSTILE]},
        "note": {"notes": [HOSTILE]},
        "missing": {"missing": [Missing(HOSTILE, HOSTILE)]},
    }
    section = _section(**told.get(place, {}), **({"answer": answers[place]} if place in answers else {}))
    title, before = (HOSTILE if place == name else "plain" for name in ("title", "standfirst"))
    page = render(title, [section], standfirst=before)
    assert "<script" not in page
    assert "<img" not in page
    assert HOSTILE in _Page(page).text


def test_charts_are_described_to_those_who_cannot_see_them() -> None:
    pictures = [a for _, a in _Page(render("Title", [_section()])).tags if a.get("role") == "img"]
    assert [picture["aria-label"] for picture in pictures] == ["a chart", "a chart"]


def test_a_number_for_people_has_the_exact_one_in_its_title() -> None:
    cells = [a for tag, a in _Page(render("Title", [_section()])).tags if tag == "td" and "title" in a]
    assert "12,412,345,678.5" in [cell["title"] for cell in cells]
    assert "12.4 bn" in _Page(render("Title", [_section()])).text


def test_each_figure_names_publisher_licence_vintage_question_query_and_snapshot() -> None:
    text = _Page(render("Title", [_section()], as_of=date(2024, 3, 1))).text
    for told in (
        "An office",
        "CC BY 4.0",
        "2024-01-31",
        "0123456789abcdef",
        "SELECT 1 < 2",
        '"reporter": "CHN"',
    ):
        assert told in text
    assert "As of 2024-03-01" in text
    assert "beware of this." in text


def test_the_rows_can_be_taken_along() -> None:
    links = [a for tag, a in _Page(render("Title", [_section()])).tags if "download" in a]
    kinds = {str(link["download"]).rpartition(".")[2]: str(link["href"]).partition(",") for link in links}
    assert list(kinds) == ["csv", "xlsx", "parquet", "svg", "png"]
    assert kinds["csv"][0].startswith("data:text/csv")
    assert base64.b64decode(kinds["csv"][2]).decode().splitlines()[0] == '"partner","value_usd","status"'
    rows = pq.read_table(io.BytesIO(base64.b64decode(kinds["parquet"][2])))
    assert rows.column_names[:3] == ["partner", "value_usd", "status"]
    assert base64.b64decode(kinds["xlsx"][2])[:2] == b"PK"


def test_what_is_missing_comes_with_the_command_that_adds_it() -> None:
    page = render("Title", [Section("Nothing", missing=[Missing("imports of Russia", "entrepot add FILE")])])
    assert "imports of Russia" in _Page(page).text
    assert "entrepot add FILE" in _Page(page).text


def test_simulated_figures_are_called_so_at_the_top() -> None:
    assert "Simulated" in _Page(render("Title", [_section(answer=_answer(status="simulated"))])).text
    assert "Simulated" not in _Page(render("Title", [_section()])).text


def test_the_same_answers_make_the_same_page() -> None:
    made = datetime(2024, 5, 6, tzinfo=UTC)
    assert render("Title", [_section()], made=made) == render("Title", [_section()], made=made)


def test_a_page_without_sections_is_a_page() -> None:
    assert "No data behind this page." in _Page(render("Title", [])).text


def test_a_long_table_is_cut_and_says_so() -> None:
    rows = pa.table({"value_usd": [float(n) for n in range(500)]})
    text = _Page(render("Title", [Section("Long", answer=Answer({}, rows))])).text
    assert "300 more rows are in the files" in text


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    page = render("Title", [Section("x", ["From 8.09 bn USD to 912 k EUR, −53.4 % in 2021 and so on."])])
    assert re.search("8.09\u00a0bn\u00a0USD to 912\u00a0k\u00a0EUR, −53.4\u00a0% in 2021 and", page)


def test_a_page_that_people_send_stays_small_whatever_is_in_it() -> None:
    """Files that do not fit are named; the smallest of the figures go in first."""
    words = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(140_000)]
    large = Section(
        "Large", answer=Answer({}, pa.table({"reporter": words}), queries={"rows": "S" * 100_000})
    )
    page = render("Title", [large, _section()])
    assert len(page.encode()) < 5_000_000
    tags = _Page(page)
    assert [a["download"] for tag, a in tags.tags if "download" in a] == [
        f"entrepot-section-2.{kind}" for kind in ("csv", "xlsx", "parquet", "svg", "png")
    ]
    assert "PARQUET: too large for this page" in tags.text
    assert "96,000 more characters" in tags.text
