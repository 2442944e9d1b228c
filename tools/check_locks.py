"""Hold the locked requirements against what pyproject.toml and requirements/*.in ask for, offline."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)")
ADDRESS = re.compile(r"https?:|file:|--(extra-)?index-url|--find-links|\s/\w")


def main() -> int:
    """Print what disagrees, and return how many things do."""
    faults = list(_faults())
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print("Run `make lock`.", file=sys.stderr)
    return len(faults)


def _faults() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = [*project["dependencies"], *_lines("build.in")]
    test = [*core, *project["optional-dependencies"]["spark"], *_lines("test.in")]
    parties = project["optional-dependencies"]["parties"]
    pinned = {name: _pins(name) for name in ("core", "test", "parties", "lock", "servers")}
    asked = {
        "core": core,
        "test": test,
        "parties": parties,
        "lock": _lines("lock.in"),
        "servers": _lines("servers.in"),
    }
    for name, wanted in asked.items():
        yield from _unmet(name, wanted, pinned[name])
        yield from _addresses(name)
    for package, versions in pinned["core"].items():
        if pinned["test"].get(package) != versions:
            yield f"{package}: core.lock and test.lock pin different versions"
    for package, versions in pinned["parties"].items():
        if pinned["test"].get(package, versions) != versions:
            yield f"{package}: test.lock and parties.lock pin different versions"


def _unmet(name: str, wanted: Iterable[str], pinned: dict[str, set[str]]) -> Iterator[str]:
    for requirement in map(Requirement, wanted):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        if not versions or not all(Version(version) in requirement.specifier for version in versions):
            found = ", ".join(sorted(versions)) or "nothing"
            yield f"{name}.lock: {requirement} is asked for; pinned: {found}"


def _addresses(name: str) -> Iterator[str]:
    for number, line in enumerate(_read(f"{name}.lock"), 1):
        if ADDRESS.search(line):
            yield f"{name}.lock:{number}: an address or a path of one machine: {line}"


def _pins(name: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for line in _read(f"{name}.lock"):
        if pin := PIN.match(line):
            pins.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return pins


def _lines(name: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in _read(name))
    return [line for line in lines if line]


def _read(name: str) -> list[str]:
    return (REQUIREMENTS / name).read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(min(main(), 1))
