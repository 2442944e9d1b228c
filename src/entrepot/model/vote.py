"""Votes of areas on roll calls, and the roll calls themselves."""

from __future__ import annotations

from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "roll_call": "string",  # its name or number: ES-11/1, rcid-3
    "date": "date",  # null in a file of votes alone: Store.votes takes it from the roll call's own row
    "area": "string",  # code of ours; ROLL_CALL: not a vote but the roll call itself
    "vote": "string",  # one of VOTES; null in the roll call's own row
    "title": "string",  # what was voted on; null: not told
    "issue": "string",  # what it is about, in the publisher's words; null: not told
    "status": "string",  # see model.flow.Status
    "source": "string",  # folder name under sources/
    "snapshot": "string",  # which bytes: start of their sha256
    "row": "int64",  # record of the file, counted from 1, the header included
}
VOTES: Final = ("yes", "no", "abstain", "absent")
ROLL_CALL: Final = "WLD"
"""In place of an area: the row tells date and title of the roll call. They may come in another file."""
