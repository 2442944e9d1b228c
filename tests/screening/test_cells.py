"""What a cell of a table of shipments says; and that nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.model.shipment import SCHEMA, fields
from entrepot.screening.cells import Habits, understood

UNDERSTOOD = [
    ("date", "2023-05-04", date(2023, 5, 4)),
    ("date", "2023-05-04 00:00:00", date(2023, 5, 4)),
    ("date", "20230504", date(2023, 5, 4)),
    ("date", "04.05.2023", date(2023, 5, 4)),
    ("date", "2023年5月4日", date(2023, 5, 4)),
    ("date", "25/05/2023", date(2023, 5, 25)),
    ("date", "05/25/2023", date(2023, 5, 25)),
    ("date", "05/05/2023", date(2023, 5, 5)),
    ("number", "120000", 120_000.0),
    ("number", "1,234.50", 1_234.5),
    ("number", "1.234,50", 1_234.5),
    ("number", "1 234,5", 1_234.5),
    ("number", "12,5", 12.5),
    ("number", "0,125", 0.125),
    ("number", "1,234,567", 1_234_567.0),
    ("number", "1.234.567", 1_234_567.0),
    ("number", "1.5e3", 1_500.0),
    ("code", "8542.31", "854231"),
    ("code", "8542 31 10 00", "8542311000"),
    ("code", "10121", "010121"),
    ("code", "101", "0101"),
    ("code", "854231.0", "854231"),
    ("area", "Kirghizistan", "KGZ"),
    ("area", "俄罗斯", "RUS"),
    ("areas", "ARE; Turkey > KZ", "ARE TUR KAZ"),
    ("yes", "Да", True),
    ("yes", "0", False),
    ("text", "  a\tb\u200b\nc ", "a b c"),
    ("text", "=1+1", "=1+1"),
    ("text", "n/a", None),
    ("number", "", None),
]
UNCLEAR = [
    ("date", "04/05/2023", "day or month first"),
    ("date", "2023-02-30", "no such day"),
    ("date", "May 4th", "no date"),
    ("date", "45050", "may be 2023-05-04"),
    ("date", "1023-05-04", "between 1900"),
    ("number", "1,234", "thousands or decimals"),
    ("number", "EUR 12", "no number"),
    ("number", "1.2.3", "no number"),
    ("number", "12,34,567.8", "no number"),
    ("number", "-5", "from 0"),
    ("number", "1e99", "from 0"),
    ("code", "chips", "no code"),
    ("code", "1", "no code"),
    ("code", "٨٥٤٢٣١", "no code"),
    ("area", "Ruritania", "unknown"),
    ("area", "EU27", "several countries"),
    ("yes", "maybe", "neither"),
    ("text", "x" * 2_001, "characters"),
]


@pytest.mark.parametrize(("kind", "text", "value"), UNDERSTOOD)
def test_a_cell_says(kind, text, value):
    assert understood(kind, text) == value


@pytest.mark.parametrize(("kind", "text", "cause"), UNCLEAR)
def test_an_unclear_cell_is_not_guessed(kind, text, cause):
    with pytest.raises(ValueError, match=cause):
        understood(kind, text)


def test_the_habits_of_a_file_settle_what_can_be_read_in_two_ways():
    assert understood("date", "04/05/2023", Habits(dates="dmy")) == date(2023, 5, 4)
    assert understood("date", "04/05/2023", Habits(dates="mdy")) == date(2023, 4, 5)
    assert understood("number", "1,234", Habits(decimal="comma")) == 1.234
    assert understood("number", "1,234", Habits(decimal="point")) == 1_234
    assert understood("number", "1.234", Habits(decimal="comma")) == 1_234
    with pytest.raises(ValueError, match="no number"):
        understood("number", "12,5", Habits(decimal="point"))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d"]))
def test_a_day_that_is_written_clearly_is_that_day(day, form):
    assert understood("date", day.strftime(form)) == day
    assert understood("date", f"{day:%d/%m/%Y}", Habits(dates="dmy")) == day


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("", "."), ("", ",")]),
)
def test_a_number_is_itself_or_refused_however_it_is_grouped(number, marks):
    thousands, decimal = marks
    text = f"{number:,.2f}".replace(",", "_").replace(".", decimal).replace("_", thousands)
    assert understood("number", text) == float(number)


@given(st.sampled_from(sorted(SCHEMA)), st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_a_cause(kind, text):
    try:
        value = understood(kind, text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert value is None or isinstance(value, (str, float, bool, date))


def test_no_header_means_two_fields():
    words = [word.casefold() for one in fields().values() for word in (one.name, *one.also)]
    assert len(words) == len(set(words))
