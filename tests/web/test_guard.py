"""Who is let in, what leaves the server, and what is never told."""

import asyncio
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from entrepot.store.files import Files
from entrepot.web import Settings, create_app, patience
from entrepot.web.errors import as_failed
from entrepot.web.guard import Guard
from entrepot.web.workshop import Workshop
from tests.web.conftest import PAIR, served

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def guarded(tmp_path):
    """A server that asks for a token, over an empty store, as it is open to other machines."""
    return TestClient(create_app(Settings(tmp_path, (), TOKEN)), follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/overview", "/api/status", "/api/openapi.json", "/static/report.css"])
def test_nothing_is_told_without_the_token(guarded, path):
    answer = guarded.get(path)
    assert answer.status_code == 401
    assert TOKEN not in answer.text + str(answer.headers)


def test_the_token_opens_by_header_and_by_cookie_and_leaves_the_address(guarded):
    assert guarded.get("/api/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    first = guarded.get(f"/overview?origin=CHN&token={TOKEN}")
    assert (first.status_code, first.headers["location"]) == (303, "/overview?origin=CHN")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie  # strict would turn away who follows a link from a mail
    assert guarded.get("/api/openapi.json").status_code == 200  # the client keeps the cookie


@pytest.mark.parametrize("wrong", ["", "x", TOKEN[:-1], TOKEN + "x", "\u00e4"])
def test_a_wrong_token_opens_nothing(guarded, wrong):
    assert guarded.get("/overview", params={"token": wrong}).status_code == 401
    assert guarded.get("/overview", headers={"Authorization": f"Bearer {wrong}".encode()}).status_code == 401
    assert guarded.get("/overview", headers={"Cookie": f"entrepot_token={wrong}".encode()}).status_code == 401


def test_the_token_sends_nobody_to_another_host(guarded):
    answer = guarded.get(f"http://testserver//evil.example/x?token={TOKEN}")
    assert answer.headers["location"] == "/evil.example/x"


def test_a_server_for_this_machine_answers_to_its_own_names_only(client):
    """A page elsewhere whose name was made to point at 127.0.0.1 would come with its own name."""
    assert client.get("/api/openapi.json", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/api/openapi.json", headers={"Host": "127.0.0.1:8360"}).status_code == 200
    assert client.get("/api/openapi.json", headers={"Host": "[::1]:8360"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/overview", "/nothing", "/api/nothing", "/api/flows", "/static/observatory.js"]
)
def test_every_answer_forbids_what_is_not_needed(client, path):
    headers = client.get(path, params=PAIR).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("private, no-cache", "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/../etc/passwd",
    ],
)
def test_no_path_leads_to_the_disk(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("goods", ["@/etc/passwd", "@../cards.csv", "my-x=@/etc/passwd"])
def test_goods_are_never_read_from_a_file(client, goods):
    answer = client.get("/api/flows", params={"reporter": "CHN", "partner": "RUS", "commodity": goods})
    assert answer.status_code == 422
    assert "root:" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(client, method):
    assert client.request(method, "/overview").status_code == 405
    assert client.request(method, "/api/status").status_code == 405


def test_a_page_can_be_asked_for_its_headers_alone(client):
    assert client.head("/overview", params=PAIR).status_code == 200
    assert client.head("/api/openapi.json").headers["content-type"] == "application/json"


def test_an_address_too_long_is_refused(client):
    assert client.get("/overview", params={"origin": "x" * 50_000}).status_code == 422


def test_errors_do_not_tell_where_the_store_is(folder, client):
    for path in ("/api/flows?reporter=CHN&partner=RUS&as_of=1990-01-01", "/part/overview/direct?origin=XQX"):
        assert str(folder) not in client.get(path).text


def test_a_store_that_is_none_is_said_without_its_place(tmp_path):
    (tmp_path / "file").touch()
    with TestClient(create_app(Settings(tmp_path / "file")), base_url="http://localhost") as client:
        answer = client.get("/api/status")
    assert (answer.status_code, answer.json()["error"].partition(".")[0]) == (
        503,
        "the store is a file, not a folder",
    )


def test_what_goes_wrong_in_the_server_itself_names_no_place(tmp_path, monkeypatch):
    def version(files):
        raise PermissionError(13, "Permission denied", str(files.folder))

    monkeypatch.setattr(Files, "version", version)
    client = TestClient(create_app(Settings(tmp_path)), base_url="http://localhost")
    answer = client.get("/api/status")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


def test_a_defect_is_told_to_who_runs_the_server_and_to_nobody_else(client, caplog, monkeypatch):
    """It happens in another process, whose own log nobody sees."""
    failed = pickle.loads(pickle.dumps(as_failed(KeyError("/secret/place"), "/store")))
    caplog.clear()

    async def ask(*_, **__):
        raise failed

    monkeypatch.setattr(Workshop, "ask", ask)
    answer = client.get("/api/status")
    assert answer.json() == {"error": "A defect of entrepot (KeyError). Please report it with the address."}
    assert "/secret/place" in caplog.text


def test_another_host_needs_a_token(folder: Path):
    for address in served(folder, "--host", "0.0.0.0", ENTREPOT_TOKEN=f"{TOKEN}+& "):
        assert address.endswith(f"?token={TOKEN}%2B%26")
        port = int(address.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"GET /overview HTTP/1.1\r\nHost: any.name\r\nConnection: close\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 401")


def test_a_port_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "entrepot.cli", "serve", "--port", port]
        found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 2
    assert "Try another --port" in found.stderr


def test_who_asks_nothing_holds_no_place(monkeypatch):
    """Half a question keeps a connection as none does; places are few, and need no token to be held."""
    monkeypatch.setattr(patience, "LONGEST", 0.2)
    server = uvicorn.Server(
        uvicorn.Config(Guard(None, (), TOKEN), http=patience.Impatient, lifespan="off", log_level="error")
    )
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    async def held(port: int, *said: bytes) -> bytes:
        read, write = await asyncio.open_connection("127.0.0.1", port)
        write.write(b"".join(said))
        told = await asyncio.wait_for(read.read(), 4)  # keeping alive would end after five seconds
        write.close()
        return told

    async def use() -> list[bytes]:
        listening = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listening]))
        port = listening.getsockname()[1]
        found = [await held(port, *said) for said in ((), (whole[:20],), (whole, whole[:20]))]
        server.should_exit = True
        await serving
        return found

    silent, half, second = asyncio.run(use())
    assert (silent, half) == (b"", b"")
    assert second.startswith(b"HTTP/1.1 401")
