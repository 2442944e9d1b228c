"""Hold the documentation against the program, or write what can be derived from it.

    python tools/check_docs.py            # prints what disagrees; exit code 1 if anything does
    python tools/check_docs.py --write    # writes the generated pages and the outputs of blocks anew

See docs_blocks.py for which blocks run, docs_pages.py for what is generated.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started as a script, Python looks beside it

from entrepot import cli  # noqa: E402
from tools.docs_blocks import executed  # noqa: E402
from tools.docs_pages import derived  # noqa: E402

DOCS = ROOT / "docs"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def main(*, write: bool, blocks: bool = True) -> int:
    """Print what disagrees, after writing anew what can be, and return the exit code.

    blocks: run the blocks of every page, which tests/docs does too: where both run, once is enough.
    """
    if write:
        for page, text in derived().items():
            page.write_text(text, encoding="utf-8")
        for page in pages() if blocks else ():
            page.write_text(executed(page), encoding="utf-8")
    faults = [*(() if write else stale(blocks=blocks)), *links(), *navigation(), *commands()]
    for fault in faults:
        print(fault)
    return min(len(faults), 1)


def pages() -> list[Path]:
    """Every page of the documentation, on the site or beside the code."""
    return [*sorted(ROOT.glob("*.md")), ROOT / "claims" / "README.md", *sorted(DOCS.rglob("*.md"))]


# ---------------------------------------------------------------- faults
def stale(*, blocks: bool = True) -> Iterator[str]:
    """Generated pages and outputs that are not what the program says now."""
    for page, text in derived().items():
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            yield f"{page.relative_to(ROOT)}: stale; run python tools/check_docs.py --write"
    for page in pages() if blocks else ():
        yield from outputs(page)


def outputs(page: Path) -> Iterator[str]:
    """The first output on a page that is not what the program prints now."""
    written, printed = page.read_text(encoding="utf-8").splitlines(), executed(page).splitlines()
    for number, (old, new) in enumerate(zip(written, printed, strict=False), 1):
        if old != new:
            yield f"{page.relative_to(ROOT)}:{number}: a block now prints {new!r}"
            return


def links() -> Iterator[str]:
    """Links to files and headings that are not there, and links that leave the site."""
    for page in pages():
        for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
            if not target.startswith(("https:", "http:", "mailto:")):
                yield from (
                    f"{page.relative_to(ROOT)}: link {target}: {why}" for why in _broken(page, target)
                )


def _broken(page: Path, target: str) -> Iterator[str]:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        yield "no such file"
    elif DOCS in page.parents and DOCS not in file.parents:
        yield "leaves the site"
    elif anchor and anchor not in _anchors(file):
        yield "no such heading"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def navigation() -> Iterator[str]:
    """Pages the site's menu misses, and entries without a page."""
    written = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    nav = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    yield from (
        f"zensical.toml: nav and docs/ differ on {page}" for page in sorted(written ^ set(_named(nav)))
    )


def _named(entry: Any) -> Iterator[str]:
    below = entry if isinstance(entry, list) else entry.values() if isinstance(entry, dict) else ()
    for one in below:
        yield from _named(one)
    yield from [entry] if isinstance(entry, str) else []


def commands() -> Iterator[str]:
    """Commands that no page written by hand shows."""
    group: Any = typer.main.get_command(cli.app)
    told = "".join(page.read_text(encoding="utf-8") for page in pages() if page not in derived())
    yield from (
        f"no page shows: entrepot {name}" for name in group.commands if f"entrepot {name}" not in told
    )


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv, blocks="--without-blocks" not in sys.argv))
