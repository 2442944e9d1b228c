"""The question as a user asks it of invented countries: a planted fall, controls, placebos, refusals."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from entrepot import Answer, Store, cli, event
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.event_study import Study, event_study
from entrepot.measures.season import Slots, slots
from entrepot.present import files

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TRADE = "reporter,partner,flow,period,commodity,value,currency,status\n"
EVENT, FALL = date(2022, 2, 1), (date(2022, 3, 1), date(2022, 6, 1))
CONTROLS = [f"X{letter}{letter}" for letter in "CDEFGHIJKLMNOPQRSTUVW"]


def months(first: int = 2018, count: int = 66) -> list[date]:
    return [date(first + i // 12, i % 12 + 1, 1) for i in range(count)]


def values(seed: int, effect: float = 0.0, span: tuple[date, date] = FALL) -> dict[date, float]:
    """Growth, season, chance of 5 %; an effect (log) within a span."""
    rng = np.random.default_rng(seed)
    days = months()
    log = 14 + 0.006 * np.arange(len(days)) + 0.1 * np.cos(np.arange(len(days)) * np.pi / 6)
    log += rng.normal(0, 0.05, len(days))
    log += [effect * (span[0] <= day <= span[1]) for day in days]
    return dict(zip(days, np.exp(log).tolist(), strict=True))


def lines(partner: str, points: dict[date, float], code: str = "870323") -> str:
    return "".join(
        f"XAA,{partner},export,{day:%Y-%m},{code},{v:.2f},USD,simulated\n" for day, v in points.items()
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """XAA sells to XBB, with a fall of 45 % from March to June 2022, and to twenty-one others without one."""
    folder = tmp_path_factory.mktemp("event")
    made = Store(folder / "store")
    text = lines("XBB", values(0, np.log(0.55)))
    text += "".join(lines(one, values(seed, 0.0)) for seed, one in enumerate(CONTROLS, 1))
    text += lines("XBB", values(90), "940100") + lines("XBB", values(91), "950300")
    late = {day: value for day, value in values(92).items() if day >= date(2022, 1, 1)}
    text += lines("XBB", late, "851713") + lines("XYY", dict(list(values(93).items())[:20]))
    (folder / "trade.csv").write_text(TRADE + text, encoding="utf-8")
    made.add(folder / "trade.csv", now=NOW, published=date(2023, 8, 1))
    return made


def asked(store: Store, **question: object) -> Answer:
    words = {"origin": "XAA", "destination": "XBB", "commodity": "870323", "event": "2022-02"}
    return event(store, **words | question)


@pytest.fixture(scope="module")
def answer(store: Store) -> Answer:
    return asked(store, control_commodity="940100,950300")


def beside(answer: Answer, name: str) -> list[dict[str, Any]]:
    return answer.beside[name].to_pylist()


def test_rows_are_the_months_with_what_was_expected(answer: Answer):
    rows = answer.rows.to_pylist()
    assert [row["period"] for row in rows] == months()
    low = [row for row in rows if FALL[0] <= row["period"] <= FALL[1]]
    assert {row["in_episode"] for row in low} == {"fall"}
    assert all(row["value_usd"] < row["low_90_usd"] < row["expected_usd"] < row["high_90_usd"] for row in low)
    assert all(row["low_90_usd"] is None and row["is_fitted"] for row in rows if row["period"] < EVENT)


def test_the_fall_is_found_under_each_trend_and_once(answer: Answer):
    falls = [row for row in beside(answer, "episodes") if row["episode"] == "fall" and row["is_found"]]
    assert {row["trend"] for row in falls} == {"year-before", "linear", "local", "damped"}
    assert len(falls) == 4
    for row in falls:
        assert (row["first"], row["change_low_90"] < row["change"] < row["change_high_90"]) == (FALL[0], True)
        assert row["difference_high_90_usd"] < 0
    [linear] = [row for row in falls if row["trend"] == "linear"]
    assert linear["change"] == pytest.approx(-0.45, abs=0.06)
    assert any("linear 1 and 0" in text for text in answer.warnings)


def test_choices_compare_every_trend_over_the_same_months(answer: Answer):
    choices = {row["choice"]: row for row in beside(answer, "choices")}
    assert {"year-before", "linear", "local", "damped", "linear, codes born later too"} <= set(choices)
    assert len({(row["first"], row["last"]) for name, row in choices.items() if "against" not in name}) == 1
    assert {"difference in logs, against destinations", "Poisson regression (PPML), against goods"} <= set(
        choices
    )


def test_controls_and_placebos_judge_the_effect(answer: Answer):
    """Twenty-one controls: a p-value of 1/22 at the least. Four of seventeen months fell, which is beyond."""
    tests = {row["test"]: row for row in beside(answer, "tests") if row["against"] == "destinations"}
    place = tests["controls in its place"]
    assert (place["tested"], place["smallest_p_value"]) == (len(CONTROLS), pytest.approx(1 / 22))
    assert place["p_value"] == pytest.approx(1 / 22)
    assert (
        tests["earlier dates in its place"]["p_value"]
        == tests["earlier dates in its place"]["smallest_p_value"]
    )
    effects = {
        row["period"]: row for row in beside(answer, "event_study") if row["against"] == "destinations"
    }
    assert effects[date(2022, 4, 1)]["change"] == pytest.approx(-0.45, abs=0.08)
    assert effects[date(2022, 4, 1)]["change_high_90"] < 0
    assert effects[date(2022, 12, 1)]["change"] == pytest.approx(0, abs=0.15)
    goods = [
        row for row in beside(answer, "placebos") if (row["against"], row["placebo"]) == ("goods", "control")
    ]
    assert {row["name"] for row in goods} == {"940100", "950300"}
    assert any("interval from controls" in row["choice"] for row in beside(answer, "choices"))
    assert "1 of 22 destinations have months without a report: no controls." in answer.warnings


def test_chosen_controls_are_the_only_ones(store: Store):
    few = asked(store, control="XCC,XDD")
    assert few.question["control"] == ["XCC", "XDD"]
    [place] = [row for row in beside(few, "tests") if row["test"] == "controls in its place"]
    assert (place["tested"], place["smallest_p_value"]) == (2, pytest.approx(1 / 3))


def test_codes_born_after_the_event_are_left_out_and_said(store: Store):
    """851713 has no month before 2022: a naive fit would call it growth."""
    both = asked(store, commodity="870323,851713", control="XCC")
    assert any("of the value after it is in others" in text for text in both.warnings)
    spliced = {row["period"]: row["value_usd"] for row in both.rows.to_pylist()}
    alone = {row["period"]: row["value_usd"] for row in asked(store, control="XCC").rows.to_pylist()}
    assert spliced == alone
    choices = {row["choice"]: row["change"] for row in beside(both, "choices")}
    assert choices["linear, codes born later too"] > choices["linear"] + 0.3


def test_what_cannot_be_answered(store: Store):
    with pytest.raises(NoDataError, match="not testable after 2023-06: the figures held end before eo-14114"):
        asked(store, event="eo-14114")
    with pytest.raises(NoDataError, match="23 months before the event are held, 24 are needed"):
        asked(store, event="2019-12")
    with pytest.raises(UsageError, match="no event is recorded that concerns XAA and XBB"):
        asked(store, event="")
    with pytest.raises(UsageError, match="trend 'cubic' is not known"):
        asked(store, trend="cubic")
    with pytest.raises(UsageError, match="part of a flow"):
        asked(store, flow="re-export")
    with pytest.raises(NoDataError, match="nothing held answers"):
        asked(store, commodity="01")


def test_events_beyond_the_data_are_not_testable(store: Store, tmp_path):
    """A pair that events are recorded for; figures are simulated, as their status says."""
    made = Store(tmp_path / "store")
    path = tmp_path / "trade.csv"
    path.write_text(TRADE + lines("RUS", values(0, np.log(0.55))), encoding="utf-8")
    made.add(path, now=NOW, published=date(2023, 8, 1))
    found = event(made, origin="XAA", destination="RUS", commodity="870323")
    assert found.question["event"] == "invasion"
    beyond = [row["reason"] for row in beside(found, "episodes") if row["episode"] == "not testable"]
    assert "not testable after 2023-06: eo-14114" in beyond
    assert any("no event study" in text for text in found.warnings)
    assert any("simulated" in text for text in found.warnings)


def test_on_the_command_line_and_in_files(store: Store, capfdbinary: pytest.CaptureFixture[bytes]):
    asked_for = "--origin XAA --destination XBB --commodity 870323 --event 2022-02 --control XCC,XDD"
    words = ["event", *asked_for.split(" ")]
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(store.folder), "--format", "json", *words])
    plain = json.loads(capfdbinary.readouterr().out)
    assert plain["question"]["command"] == "event"
    assert {"episodes", "shifts", "event_study", "placebos", "choices", "events"} <= set(plain["beside"])
    assert {"period", "value_usd", "expected_usd", "low_90_usd", "adjusted_usd"} <= set(plain["rows"][0])
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(store.folder), *words])
    shown = capfdbinary.readouterr().out.decode()
    assert "episodes" in shown
    assert "--format json or xlsx" in shown, "the wedge is too long for a terminal"


def test_as_a_workbook(answer: Answer):
    assert files.as_xlsx(answer)[:2] == b"PK"
    assert files.as_csv(answer).splitlines()[0].startswith(b'"period"')


# ------------------------------------------------------------ the study itself
def series(seed: int, effect: float = 0.0, last: date = date(2023, 6, 1)) -> Slots:
    return slots(values(seed, effect, (date(2022, 3, 1), last)), EVENT, keeps_new_year=False)


def study(treated: Slots, controls: int = 12, first: int = 1) -> Study:
    names = range(first, first + controls)
    found = event_study(treated, {str(n): series(n) for n in names}, treated.place(EVENT))
    assert isinstance(found, Study)
    return found


def test_without_an_effect_the_p_values_are_spread_out():
    """Thirty series, each held against nine controls of its own: a tenth of the p-values at a tenth."""
    studies = [study(series(seed), 9, first=1000 + 10 * seed) for seed in range(30)]
    p_values = [one.tests[1].p_value or 0 for one in studies]
    assert np.mean([p <= 0.1 for p in p_values]) <= 0.25
    assert np.mean([p <= 0.5 for p in p_values]) == pytest.approx(0.5, abs=0.25)


def test_an_effect_is_recovered_and_covered():
    found = [study(series(seed, np.log(1.5))).effect.mean for seed in range(100, 120)]
    assert np.mean([one[0] for one in found]) == pytest.approx(np.log(1.5) * 16 / 17, abs=0.03)
    assert np.mean([one[1] <= np.log(1.5) * 16 / 17 <= one[2] for one in found]) >= 0.7


def before(treated: Slots) -> float:
    found = study(treated).tests[0].p_value
    assert found is not None
    return found


def test_a_trend_of_its_own_before_the_event_is_told():
    treated = series(7)
    slope = Slots(treated.months, treated.log + 0.02 * np.arange(len(treated)), treated.clock, treated.join)
    assert before(slope) < 0.01
    assert before(treated) > 0.01
    plain, own = study(slope).effect.mean[0], study(slope).others["difference in logs, with its own trend"][0]
    assert plain > 0.5
    assert own == pytest.approx(0, abs=0.2)


def test_no_whole_control_is_a_reason():
    gap = Slots(*(getattr(series(1), name) for name in ("months", "log", "clock", "join")))
    gap.log[3] = np.nan
    told = event_study(series(0), {"1": gap}, 49)
    assert told == "none of 1 controls is held in every month of the series"
