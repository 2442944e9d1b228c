"""The pages on rules, embargoes and fields, from rules/*.toml, sanctions/*.toml and model/shipment.toml."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.model.regime import Regime, all_covered, all_hubs, all_regimes
from entrepot.model.rule import Rule, all_rules
from entrepot.model.rule import sources as all_sources
from entrepot.model.shipment import fields as all_fields
from entrepot.screening.template import KINDS

RULES = """# Rules on shipments

Each rule is true, false or unknown of a shipment. True means that somebody should look, and is no verdict;
false is no clearance; what cannot be known is unknown and never false. A single flag proves nothing: so say
the publications cited. *Not checked*: nobody has read again that the publication says so."""

EMBARGOES = """# Embargoes and hubs

What the rule `embargo` knows: orders on a country as a whole, and whose exporters they bind. This is no legal
advice; the texts cited are the law, and a licence or an exemption may allow what they forbid.

Not held:

- orders on single firms and persons: lists of parties have them
- controls by item that are no embargo on a country: lists of dual-use goods, and users and uses they name
- parts of countries: Crimea, Donetsk, Luhansk and other areas
- the codes of most orders on industrial, luxury and dual-use goods. They are written as *some of any code*,
  and the rule is true of any; the list [eu-cn8](lists.md#eu-cn8) has codes of the EU's orders on Russia
- arms outside chapter 93: military vehicles, aircraft, ships and electronics, which arms embargoes forbid too
- orders of other countries than those below, except those of Japan on Russia, Belarus and North Korea

*Not checked*: the act and the day are as commonly cited, and neither was read again. The program says
`(not checked)` behind the citation."""

HUBS = """
## Countries named as points of diversion

What the rule `named-hub` knows. A name says that goods were diverted there, not that trade with the country
is forbidden or suspect as such. The European Union publishes no list of such countries.
"""

FIELDS = """# Fields of a shipment

What can be told of a shipment: as a column of a file, as `--field NAME=VALUE`, or as a key from Python. None
is needed; what is not told leaves the [rules](rules.md) that use it unknown. A header is known by any of its
names, whatever its case and punctuation; `--map 'HEADER=field'` gives another one a meaning.
`entrepot screen --template FILE.xlsx` writes an empty workbook with all of them."""


def fields() -> Iterator[str]:
    """The page on fields: each with what it holds, what it says, the headers it is known by, who uses it."""
    yield FIELDS
    yield "\n| field | holds | says | headers also known | rules |\n|---|---|---|---|---|"
    for one in all_fields().values():
        used = ", ".join(f"[{rule.id}](rules.md#{rule.id})" for rule in _using(one.name))
        cells = (f"`{one.name}`", KINDS[one.kind], one.says, ", ".join(one.also), used)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _using(field: str) -> Iterator[Rule]:
    return (rule for rule in all_rules().values() if field in rule.field_names)


def rules() -> Iterator[str]:
    """The page on rules: each with its sentence, what to ask for, the fields it uses and who names it."""
    yield RULES
    for topic in dict.fromkeys(rule.topic for rule in all_rules().values()):
        yield f"\n## Rules on {topic}"
        for rule in (one for one in all_rules().values() if one.topic == topic):
            yield from _rule(rule)
    yield "\n## Publications cited\n"
    for one in sorted(all_sources().values(), key=lambda source: (source["date"], source["key"])):
        number = f" {one['number']}." if one["number"] else ""
        yield f"- {one['date']}: {one['publisher']}, *{one['title']}*.{number}"


def _rule(rule: Rule) -> Iterator[str]:
    fields = ", ".join(" or ".join(f"`{name}`" for name in any_of) for any_of in rule.fields)
    yield f"\n### {rule.id}\n\n{rule.title}. {rule.says}\n\n- Ask for: {rule.asks}\n- Uses: {fields}"
    if rule.facts:
        yield f"- Goes by: {', '.join(f'{key} {told}' for key, told in rule.facts.items())}"
    for one in rule.citations:
        number = f", {one.number}" if one.number else ""
        yield f"- Named by: {one.publisher}, {one.date}{number}.{_doubt(is_checked=one.is_checked)}"


def embargoes() -> Iterator[str]:
    """The page on embargoes and hubs: what is held, for whom, and what is not."""
    yield EMBARGOES
    yield "\n## For whom every embargo is believed to be held\n"
    for held in all_covered():
        yield f"- {', '.join(held.binds)}: from {held.since}{f' to {held.until}' if held.until else ''}"
    yield "\nFor other exporters, and for other days, the rule never answers false: only true, or unknown."
    yield "\n## Embargoes held\n"
    yield "| binds | on | from | to | goods | what, by which act |\n|---|---|---|---|---|---|"
    yield from map(_embargo, all_regimes())
    yield HUBS
    for hub in all_hubs():
        countries = ", ".join(hub.countries)
        yield f"- {hub.since}, {hub.by}: {countries}. {hub.citation}.{_doubt(is_checked=hub.is_checked)}"


def _embargo(one: Regime) -> str:
    goods = f"list `{one.goods_list}`" if one.goods_list else _chapters(one.goods) or "any code"
    what = goods if one.is_whole else f"some of {goods}"
    since = f"{one.since} or earlier" if one.is_earlier else str(one.since)
    cells = (", ".join(one.binds), ", ".join(one.concerns), since, str(one.until or ""), what)
    return f"| {' | '.join(cells)} | {one.title}. {one.citation}.{_doubt(is_checked=one.is_checked)} |"


def _doubt(*, is_checked: bool) -> str:
    return "" if is_checked else " *Not checked.*"


def _chapters(codes: tuple[str, ...]) -> str:
    """Codes, runs of chapters as from-to."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and len(code) == 2 and int(code) == int(runs[-1][-1]) + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
