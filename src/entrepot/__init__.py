"""entrepot measures trade that reaches a country directly and by way of others, and says how sure it is.

from entrepot import Store, flows
answer = flows(Store("entrepot-data"), reporter="CHN", partner="RUS", commodity="8703")
answer.rows          # an Arrow table
answer.to_json()     # question, rows, provenance, warnings
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrepot.answers import acts as acts
    from entrepot.answers import agreement as agreement
    from entrepot.answers import calendar as calendar
    from entrepot.answers import chain as chain
    from entrepot.answers import check as check
    from entrepot.answers import codes as codes
    from entrepot.answers import direct as direct
    from entrepot.answers import diversion as diversion
    from entrepot.answers import event as event
    from entrepot.answers import facts as facts
    from entrepot.answers import flows as flows
    from entrepot.answers import mirror as mirror
    from entrepot.answers import plausibility as plausibility
    from entrepot.answers import posture as posture
    from entrepot.answers import prices as prices
    from entrepot.answers import reconcile as reconcile
    from entrepot.answers import rejects as rejects
    from entrepot.answers import revisions as revisions
    from entrepot.answers import status as status
    from entrepot.answers import unit_values as unit_values
    from entrepot.answers import votes as votes
    from entrepot.errors import EntrepotError as EntrepotError
    from entrepot.model.answer import Answer as Answer
    from entrepot.screening.screen import Settings as Settings
    from entrepot.screening.screen import screen as screen
    from entrepot.store import Store as Store

_PUBLIC = {
    "Answer": "entrepot.model.answer",
    "EntrepotError": "entrepot.errors",
    "Settings": "entrepot.screening",
    "Store": "entrepot.store",
    "acts": "entrepot.answers",
    "agreement": "entrepot.answers",
    "calendar": "entrepot.answers",
    "chain": "entrepot.answers",
    "check": "entrepot.answers",
    "codes": "entrepot.answers",
    "direct": "entrepot.answers",
    "diversion": "entrepot.answers",
    "event": "entrepot.answers",
    "facts": "entrepot.answers",
    "flows": "entrepot.answers",
    "mirror": "entrepot.answers",
    "plausibility": "entrepot.answers",
    "posture": "entrepot.answers",
    "prices": "entrepot.answers",
    "reconcile": "entrepot.answers",
    "rejects": "entrepot.answers",
    "revisions": "entrepot.answers",
    "screen": "entrepot.screening",
    "status": "entrepot.answers",
    "unit_values": "entrepot.answers",
    "votes": "entrepot.answers",
}

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "EntrepotError",
    "Settings",
    "Store",
    "__version__",
    "acts",
    "agreement",
    "calendar",
    "chain",
    "check",
    "codes",
    "direct",
    "diversion",
    "event",
    "facts",
    "flows",
    "mirror",
    "plausibility",
    "posture",
    "prices",
    "reconcile",
    "rejects",
    "revisions",
    "screen",
    "status",
    "unit_values",
    "votes",
]


def __getattr__(name: str) -> Any:
    """Public names load when first used: importing the engine takes a second that `--help` must not cost."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'entrepot' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
