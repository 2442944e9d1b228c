"""Where a key goes and where not; proxies and certificates of the environment."""

import logging
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from entrepot.errors import PublisherError, UsageError
from entrepot.fetching import Ordered, fetch
from entrepot.sources._ask import Pace
from entrepot.sources._fetch import Wire
from tests.conftest import ROOT
from tests.fetching.fake import Fake, Question, Reply, served
from tests.fetching.raw import always, says, speaking
from tests.fetching.test_comtrade import WORDS, comtrade
from tests.fetching.wiring import BODY, KEY, NOW, check, wired


def test_the_key_goes_to_its_host_alone_and_a_signature_is_not_told(wish):
    asked: list[str] = []
    with speaking(always(says(BODY))) as store:
        there = says(b"", "302 There", Location=f"{store.url}/file?sig=secret")
        with speaking(always(there)) as publisher, wired(publisher.url, asked=asked.append) as wire:
            facts = wire.get(wish("bulk?period=2021"))
    assert KEY in publisher.heads[0]
    assert KEY not in store.heads[0]
    assert "sig=secret" in store.heads[0]
    assert asked == [f"{publisher.url}/bulk?period=2021", f"{store.url}/file"]
    assert facts.url == "bulk?period=2021"


def test_a_signature_is_not_told_at_the_own_host_either(wish):
    asked: list[str] = []
    answers = says(b"", "302 There", Location="/file?sig=secret"), says(BODY)
    with speaking(always(*answers)) as there, wired(there.url, asked=asked.append) as wire:
        wire.get(wish())
    assert asked == [f"{there.url}/whole", f"{there.url}/file"]
    assert KEY in there.heads[1]


def test_a_circle_of_redirects_ends(wish):
    with (
        speaking(always(says(b"", "302 There", Location="/whole"))) as there,
        wired(there.url) as wire,
        pytest.raises(PublisherError, match="circle"),
    ):
        wire.get(wish())
    assert len(there.heads) == 5


@pytest.mark.parametrize("url", ["http://example.org/file", "https:///file", "ftp://127.0.0.1/file"])
def test_an_ask_does_not_leave_encryption(url, wish):
    with wired("http://127.0.0.1:9") as wire, pytest.raises(PublisherError, match="without encryption"):
        wire.get(wish(url))


@pytest.mark.parametrize("base", ["http://example.org", "ftp://127.0.0.1", "example.org", ""])
def test_a_publisher_is_asked_with_encryption(base):
    with pytest.raises(UsageError, match="must begin with https"), wired(base):
        pass


@pytest.mark.parametrize("key", ["abc\r\nX-Other: 1", "schl\u00fcssel", "a\x00b"])
def test_a_key_that_cannot_be_sent_is_not_told(key):
    with pytest.raises(UsageError) as raised:
        Wire("https://example.org", Pace(1, 1), headers={"Key": key}, now=lambda: NOW)
    assert key[:3] not in str(raised.value)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def denied(asked: Question) -> Reply:
    return Reply(f"Access denied: subscription key {KEY} is not entitled.".encode(), "text/plain", 403)


def test_the_key_is_in_no_file_and_no_log(store, settings, caplog):
    caplog.set_level(logging.DEBUG)
    with served(Fake(comtrade(key=KEY))) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url, key=KEY))
        fake.dialect = denied
        with pytest.raises(PublisherError) as raised:
            fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url, key=KEY), refresh=True)
    assert all(asked.headers["ocp-apim-subscription-key"] == KEY for asked in fake.seen)
    assert {record.name.partition(".")[0] for record in caplog.records} >= {"httpcore2", "httpx2"}
    held = files(store.folder)
    assert len(held) > 10
    assert not [name for name, content in held.items() if KEY.encode() in content]
    assert KEY not in caplog.text
    assert KEY not in str(raised.value)


def test_the_key_is_in_no_message_even_of_a_defect_looked_for(tmp_path):
    words = ["fetch", "comtrade", "--reporter", "KAZ", "--partner", "RUS", "--period", "2022-01"]
    with served(Fake(denied)) as fake:
        env = {**os.environ, "ENTREPOT_COMTRADE_URL": fake.url, "PYTHONPATH": str(ROOT / "src")}
        env |= {"COMTRADE_API_KEY": KEY, "ENTREPOT_DEBUG": "1"}
        command = [sys.executable, "-m", "entrepot.cli", "--store", str(tmp_path), *words]
        done = subprocess.run(command, env=env, text=True, capture_output=True, check=False, timeout=120)
    assert "Traceback" in done.stderr
    assert "(key) is not entitled" in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert not [name for name, content in files(tmp_path).items() if KEY.encode() in content]


# ---------------------------------------------------------------- proxies and certificates

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def environment(monkeypatch):
    """An environment without proxies; sets those given."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return lambda **more: [monkeypatch.setenv(name, value) for name, value in more.items()]


def test_the_proxy_of_the_environment_is_used(wish, environment):
    with speaking(always(says(BODY))) as proxy, speaking(always(says(b"direct"))) as there:
        environment(HTTP_PROXY=proxy.url)
        with wired(there.url) as wire:
            wire.get(wish(check=check))
    assert proxy.heads[0].startswith(f"GET {there.url}/whole HTTP/1.1")
    assert there.heads == []


def test_hosts_that_need_no_proxy_are_asked_directly(wish, environment):
    with speaking(always(says(b"proxied"))) as proxy, speaking(always(says(BODY))) as there:
        environment(HTTP_PROXY=proxy.url, NO_PROXY="127.0.0.1")
        with wired(there.url) as wire:
            wire.get(wish(check=check))
    assert (proxy.heads, len(there.heads)) == ([], 1)


def test_a_proxy_is_not_told_the_key(wish, environment):
    """The way is asked for without it; it goes through the tunnel only."""
    with speaking(always(says(b"", "403 No"))) as proxy:
        environment(HTTPS_PROXY=proxy.url)
        with wired("https://publisher.example") as wire, pytest.raises(PublisherError, match="proxy error"):
            wire.get(wish())
    assert proxy.heads[0].startswith("CONNECT publisher.example:443 ")
    assert KEY not in "".join(proxy.heads)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_the_certificates_of_the_environment_are_trusted_and_no_others(wish, environment, tmp_path):
    own, secret = tmp_path / "own.pem", tmp_path / "key.pem"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(secret), "-out", str(own)]
    subprocess.run(["openssl", *made.split(), *more], check=True, capture_output=True)
    environment()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, secret)
    with speaking(always(says(BODY)), context) as there:
        url = there.url.replace("http://127.0.0.1", "https://localhost")
        with wired(url) as wire, pytest.raises(PublisherError, match=r"(?i)certificate verify failed"):
            wire.get(wish())
        assert there.heads == []
        environment(SSL_CERT_FILE=str(own))
        with wired(url) as wire:
            wire.get(wish(check=check))
    assert KEY in there.heads[0]
