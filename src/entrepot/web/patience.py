"""How long a caller may hold a place and ask nothing."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LONGEST = 15.0  # seconds


class Impatient(H11Protocol):
    """HTTP for callers who ask: one that says nothing, or half a question, for long is hung up on.

    Each holds one of the places there are, and needs no token to hold it.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio."""
        super().connection_made(transport)
        self._answered: object = None
        self.loop.call_later(LONGEST, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE and self.cycle is self._answered:  # nothing asked since
            self.transport.close()
            return
        self._answered = self.cycle
        self.loop.call_later(LONGEST, self._look)
