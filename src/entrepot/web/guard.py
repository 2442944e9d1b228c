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
TAKEN = "/screen"  # the one address that takes more than a question: a form, perhaps with a file
LONGEST_BODY = 21 * 2**20  # bytes: a file of 20 MB and the fields around it
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
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
                    headers.setdefault(name, value)
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
        heard = receive if refused else _bounded(receive)
        await (refused or self._app)(asked, heard, send)  # whoever sends it leaves the body of a HEAD out

    def _refused(self, scope: Scope) -> Response | None:
        fields = Fields(scope=scope)
        methods = (*_METHODS, "POST") if scope["path"] == TAKEN else _METHODS
        if scope["method"] not in methods:
            return PlainTextResponse("This server is only asked.", 405, {"Allow": ", ".join(methods)})
        if len(scope["query_string"]) > LONGEST_QUERY:
            return JSONResponse({"error": "The address is too long."}, 422)
        if self._hosts and _host(fields.get("host", "")) not in self._hosts:
            known = ", ".join(sorted(self._hosts))
            return PlainTextResponse(f"This server answers to these names only: {known}.", 400)
        if not self._token or self._known(fields):
            return _refused_form(fields) if scope["method"] == "POST" else None
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
        # Lax: a link in a mail restores a view. It does not come with a form that another page sends, and
        # such a form is refused besides (_refused_form).
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="lax", path="/")
        return answer


def _refused_form(fields: Fields) -> Response | None:
    """A form is taken from a page of this server only: what is sent goes on record."""
    if fields.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"} or not _is_own(fields):
        return PlainTextResponse("A form is taken from this server's own page only.", 403)
    if fields.get("content-type", "").partition(";")[0].strip().lower() not in _FORMS:
        return PlainTextResponse(f"A form is sent as {' or '.join(_FORMS)}.", 415)
    length = fields.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:20]) > LONGEST_BODY:
        return PlainTextResponse(TOO_LONG, 413, {"Connection": "close"})
    return None


def _is_own(fields: Fields) -> bool:
    """Whether a browser says that the form is on a page of this server, by the name it is called by."""
    scheme, _, host = fields.get("origin", "").lower().partition("://")
    return scheme in {"http", "https"} and host == fields.get("host", "").lower()


TOO_LONG = "That is too long: a file has at most 20 MB. Part it, or use the command line."


class TooLongError(Exception):
    """A body went on for longer than any form."""


def _bounded(receive: Receive) -> Receive:
    """The same, of as much as a form may have, whatever was said of its length. Raises TooLongError."""
    heard = 0

    async def receiving() -> Message:
        nonlocal heard
        message = await receive()
        heard += len(message.get("body", b""))
        if heard > LONGEST_BODY:
            raise TooLongError
        return message

    return receiving


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
