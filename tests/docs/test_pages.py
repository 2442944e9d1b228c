"""The documentation is what the program does: generated pages, outputs, links, menu."""

import re
from pathlib import Path

import pytest

from entrepot import __all__ as public
from entrepot.model.provenance import Snapshot
from entrepot.sources import formats
from entrepot.sources.tidy._sidecar import KEYS
from tools import check_docs
from tools.docs_blocks import executed
from tools.docs_pages import derived

ROOT = check_docs.ROOT
GENERATED = derived()
PAGES = [
    page
    for page in check_docs.pages()
    if "```console" in page.read_text() or "```python\n" in page.read_text()
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_blocks_print_what_the_page_says(page: Path):
    assert executed(page) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", GENERATED, ids=lambda page: page.name)
def test_generated_pages_are_fresh(page: Path):
    """Else run python tools/check_docs.py --write."""
    assert page.read_text(encoding="utf-8") == GENERATED[page]


@pytest.mark.parametrize("find", [check_docs.links, check_docs.navigation, check_docs.commands])
def test_nothing_is_broken_or_missing(find):
    assert list(find()) == []


def test_the_tidy_page_names_every_column_and_every_fact_its_reader_takes():
    told = (ROOT / "docs/reference/tidy.md").read_text(encoding="utf-8")
    columns = {c for form in formats("tidy") for c in (*form.handled, *form.optional, *form.ignored)}
    assert [c for c in sorted(columns) if f"`{c}`" not in told] == []
    assert [key for key in KEYS if f"\n{key} = " not in told] == []


def test_the_library_page_names_every_public_name():
    told = (ROOT / "docs/reference/library.md").read_text(encoding="utf-8")
    assert [name for name in public if f"`{name}`" not in told] == []


def test_the_store_page_names_every_fact_of_a_card():
    told = (ROOT / "docs/reference/store-layout.md").read_text(encoding="utf-8")
    assert [name for name in Snapshot.__dataclass_fields__ if f"\n{name}:" not in told] == []


@pytest.mark.parametrize(
    "page", sorted({*check_docs.pages()} - {*GENERATED}), ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_no_page_carries_what_it_must_not(page: Path):
    """No page of ours convicts anybody (a citation may), and none tells of one machine."""
    text = page.read_text(encoding="utf-8").lower()
    here = str(ROOT.parent).lower() + "/"
    own = re.sub(r"^```console$.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)  # what is printed cites
    assert [word for word in ("evasion", "evade") if word in own] == []
    assert [word for word in (here, "/home/", "/tmp/") if word in text] == []
