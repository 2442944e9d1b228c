"""Who may ask, and what a browser may do with the answer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers as Fields
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "entrepot_token"
LONGEST_QUERY = 40_000  # bytes; longer ones are refused before anything reads them
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_METHODS = ("GET", "HEAD")
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an address says what somebody looks into
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Headers:
    """Sets on every answer what a browser needs to know; nothing of it may be kept by others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class Guard:
    """Lets in who calls the server by one of its names and, where there is a token, knows it.

    hosts: against pages of other sites whose name was made to point here. token: in the header
    `Authorization: Bearer`, in a cookie, or once in the address, from where it goes into the cookie.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = (), token: str = "") -> None:
        self._app, self._hosts, self._token = app, frozenset(hosts), token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope) if scope["type"] == "http" else PlainTextResponse("", 403)
        asked = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await (refused or self._app)(asked, receive, send)  # whoever sends it leaves the body of a HEAD out

    def _refused(self, scope: Scope) -> Response | None:
        fields = Fields(scope=scope)
        if scope["method"] not in _METHODS:
            return PlainTextResponse("This server is only asked.", 405, {"Allow": ", ".join(_METHODS)})
        if len(scope["query_string"]) > LONGEST_QUERY:
            return JSONResponse({"error": "The address is too long."}, 422)
        if self._hosts and _host(fields.get("host", "")) not in self._hosts:
            known = ", ".join(sorted(self._hosts))
            return PlainTextResponse(f"This server answers to these names only: {known}.", 400)
        if not self._token or self._known(fields):
            return None
        return self._introduced(scope) or PlainTextResponse(
            "A token is needed: open the address that `entrepot serve` printed, or send the header "
            "`Authorization: Bearer TOKEN`.",
            401,
            {"WWW-Authenticate": "Bearer"},
        )

    def _known(self, fields: Fields) -> bool:
        kind, _, given = fields.get("authorization", "").partition(" ")
        bearer = kind.lower() == "bearer" and self._is_token(given.strip())
        return bearer or self._is_token(_cookie(fields.get("cookie", "")))

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())

    def _introduced(self, scope: Scope) -> Response | None:
        """Back to the same address without the token, which from then on is in a cookie."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(pairs).get("token", "")
        if scope["method"] != "GET" or not self._is_token(given):
            return None
        rest = urlencode([pair for pair in pairs if pair[0] != "token"])
        path = "/" + scope["path"].lstrip("/\\")  # never the name of another host
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
        # Lax: a link in a mail restores a view. Nothing can be changed here, and no other page may read it.
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="lax", path="/")
        return answer


def _host(field: str) -> str:
    """The name in a Host field, without its port."""
    name, colon, port = field.rpartition(":")
    return (name if colon and port.isdigit() else field).lower()


def _cookie(field: str) -> str:
    try:
        found = SimpleCookie(field).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
