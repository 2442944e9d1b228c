"""What a claim file holds. Each class is one table of the file, each field one key."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from entrepot.claims import formula as _formula
from entrepot.claims.unit import known as _known_unit
from entrepot.errors import UsageError
from entrepot.model.area import group, is_group, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import Window, parse_window

ASKS: Final = (
    *("flows", "direct", "mirror", "prices", "unit-values", "plausibility", "diversion", "event", "chain"),
    *("facts", "acts", "votes", "agreement"),
)
"""Questions of the program a figure may be: its commands."""
OVERS: Final = (
    "only",
    "sum",
    "mean",
    "min",
    "max",
    "first",
    "last",
    "count",
    "period_of_max",
    "period_of_min",
)
"""How several rows become one figure."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*$")
_TOLERANCE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%$")
_TEXTS: Final = frozenset({"reporter", "partner", "origin", "destination", "flow", "commodity"})
"""Options that are texts whatever they look like: a code of goods is no number."""
_FLOWS_OPTIONS: Final = frozenset({"reporter", "partner", "flow", "commodity", "period"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_MOST: Final = 1e30
"""Beyond every figure of trade, and far below where a product of ten of them is no number any more."""


def _number(number: float) -> float:
    if not abs(number) <= _MOST:
        raise ValueError("no number that anybody prints")
    return number


Number = Annotated[float | int, AfterValidator(_number)]


def _https(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("an address begins with https:// or http://")
    return text


Url = Annotated[str, AfterValidator(_https)]


class Publication(_Strict):
    """Where claims were made."""

    title: str
    author: str
    published: date
    citation: str
    url: Url | Literal[""] = ""


class Settle(_Strict):
    """The file that would settle a claim, and where to get it."""

    file: str
    url: Url


class Figure(BaseModel):
    """A question of the program, and which number of its answer. Other keys are its own options."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    ask: Literal[ASKS]  # type: ignore[valid-type]  # pydantic reads the tuple
    take: str
    over: Literal[OVERS] | None = None  # type: ignore[valid-type]
    where: dict[str, str | int | float | bool] = {}
    table: str | None = None
    valuation: Literal["cif", "fob"] | None = None
    gaps: Literal["no trade"] | None = None
    whole: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """What is asked, as the command's own options."""
        return dict(self.__pydantic_extra__ or {})

    @property
    def window(self) -> Window:
        """The period of a question about flows."""
        return parse_window(str(self.options["period"]))

    @property
    def command(self) -> str:
        """The question as a command a reader can run."""
        words = [f"--{key.replace('_', '-')} {_quoted(value)}" for key, value in self.options.items()]
        if self.ask == "flows":
            words.append(f"--by {'year' if self.window.years else 'month'}")
        return " ".join(["entrepot", self.ask, *words])

    @model_validator(mode="after")
    def _understood(self) -> Self:
        if bare := [name for name in self.options if name in _TEXTS and type(self.options[name]) is not str]:
            raise ValueError(f'{bare[0]} is a text: write {bare[0]} = "{self.options[bare[0]]}"')
        if self.ask == "flows":
            self._check_flows()
        elif self.valuation or self.gaps or self.whole:
            raise ValueError("valuation, gaps and whole are said of flows alone")
        return self

    def _check_flows(self) -> None:
        options = self.options
        if missing := sorted(_FLOWS_OPTIONS - set(options)):
            raise ValueError(f"a question about flows needs {', '.join(missing)}")
        if unknown := sorted(set(options) - _FLOWS_OPTIONS):
            raise ValueError(f"a question about flows has no {', '.join(unknown)}")
        if unquoted := sorted(name for name, one in options.items() if not isinstance(one, str)):
            raise ValueError(f'{", ".join(unquoted)}: write it in quotes, "8703"')
        if not re.fullmatch(r"value_[a-z]{3}|net_weight_kg|quantity", self.take):
            raise ValueError("of flows take value_usd (or another currency), net_weight_kg or quantity")
        try:
            for side in ("reporter", "partner"):
                _check_apart(resolve_many(options[side]))
            parse_commodity(options["commodity"]), self.window
            Flow(options["flow"])
        except UsageError as error:
            raise ValueError(str(error)) from None


def _check_apart(areas: tuple[str, ...]) -> None:
    """Raises UsageError where an area lies in another: it would count twice."""
    groups = [{one.code for one in group(area).members} for area in areas if is_group(area)]
    inside = [code for members in groups for code in members]
    if len({*areas, *inside}) < len(areas) + len(inside) or ("WLD" in areas and len(areas) > 1):
        raise UsageError(f"{', '.join(areas)}: one lies in another and would count twice")


def _quoted(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if re.fullmatch(r"[\w.:,+/-]+", text) else f"'{text}'"


class Check(_Strict):
    """What a claim expects of a formula over its figures."""

    what: str = ""
    formula: str = ""
    unit: str = ""
    value: Number | None = None
    tolerance: Number | str = 0
    between: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    equals: Annotated[str | None, Field(alias="is")] = None
    reading: str = ""

    @property
    def spread(self) -> float:
        """The tolerance in the unit of the value."""
        if isinstance(self.tolerance, str):
            return abs(float(self.value or 0)) * float(_TOLERANCE.match(self.tolerance)[1]) / 100  # type: ignore[index]
        return float(self.tolerance)

    @model_validator(mode="after")
    def _one_expectation(self) -> Self:
        kinds = ("value", "between", "at_least", "at_most", "above", "below", "equals")
        told = [name for name in kinds if getattr(self, name) is not None]
        if len(told) != 1:
            raise ValueError(
                "say exactly one of: value, between, at_least, at_most, above, below, is"
                + (f" (said: {', '.join(told)})" if told else "")
            )
        if isinstance(self.tolerance, str) and not _TOLERANCE.match(self.tolerance):
            raise ValueError('a tolerance is a number in the unit, or a percentage: "0.5 %"')
        if not 0 <= self.spread < float("inf"):
            raise ValueError("a tolerance is neither negative nor without end")
        if self.between and self.between[0] > self.between[1]:
            raise ValueError("between has its lower end first")
        if self.tolerance and self.value is None:
            raise ValueError("a tolerance belongs to a value")
        if self.unit and not _known_unit(self.unit):
            raise ValueError(f"unit {self.unit!r} is not known: see claims/README.md")
        return self


Numbers = dict[str, Number]


class Claim(_Strict):
    """One claim: what is said, where, the figures that tell, and what they should come to."""

    title: str
    says: str
    where: str
    kind: Literal["world", "arithmetic"]
    as_of: date | None = None
    note: str = ""
    publication: Publication | None = None
    printed: Numbers = {}
    figures: dict[str, Figure] = {}
    check: Annotated[list[Check], Field(min_length=1)]
    settle: list[Settle] = []

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [*self.printed, *self.figures]
        for name in names:
            if not _NAME.match(name) or name in _formula.FUNCTIONS:
                raise ValueError(f"name {name!r}: use small letters, digits and _, and no name of a function")
        if twice := set(self.printed) & set(self.figures):
            raise ValueError(f"{', '.join(sorted(twice))}: a figure and a printed number have one name")
        if self.kind == "arithmetic" and self.figures:
            raise ValueError(
                "a claim of arithmetic holds printed figures against one another: it has no [figures]"
            )
        if self.kind == "world" and not (self.figures and self.settle):
            raise ValueError("a claim about the world has [figures], and [[settle]] names a file that tells")
        for one in self.check:
            self._check_formula(one)
        return self

    def _check_formula(self, one: Check) -> None:
        if not one.formula and len(self.figures) != 1:
            raise ValueError("a check without a formula needs exactly one figure")
        used = _formula.names(one.formula) if one.formula else set(self.figures)
        if unknown := sorted(used - set(self.printed) - set(self.figures)):
            raise ValueError(
                f"formula {one.formula!r} uses {', '.join(unknown)}, which is neither printed nor a figure"
            )
        if self.kind == "world" and not used & set(self.figures):
            raise ValueError(f"formula {one.formula!r} uses no figure: make it a claim of arithmetic")
