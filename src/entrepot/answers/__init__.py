"""Questions in, answers out: the one place where the store, the measures and what users write meet.

Each function takes a Store and what the user asked, in the user's own words, and returns an Answer.
"""

from entrepot.answers.around_event import event
from entrepot.answers.beside_trade import facts
from entrepot.answers.both_sides import reconcile
from entrepot.answers.chains import chain
from entrepot.answers.checked import check
from entrepot.answers.counted_acts import acts
from entrepot.answers.editions import codes
from entrepot.answers.held import calendar, rejects, status
from entrepot.answers.plausible import plausibility
from entrepot.answers.price_volume import prices, unit_values
from entrepot.answers.rerouted import diversion
from entrepot.answers.roll_calls import agreement, votes
from entrepot.answers.trade import direct, flows
from entrepot.answers.two_sides import mirror
from entrepot.answers.vintages import revisions
from entrepot.answers.weighing import posture

__all__ = [
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
    "status",
    "unit_values",
    "votes",
]
