"""A store in object storage: s3://bucket/prefix, through pyarrow's file system and the log's own library.

An object appears when its upload has ended, whole; a log's next line is written only if nobody wrote it
before (`If-None-Match: *`), so several writers at once are safe. Credentials come from the environment, and
go to the two libraries only.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from entrepot.errors import StoreError
from entrepot.store.places import scratch_of_process

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset
    from pyarrow.fs import S3FileSystem

T = TypeVar("T")
AT_ONCE = 16  # requests under way
_PIECE = 1 << 20  # bytes
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[\w=+@-][\w.=+@-]*)*)/?", re.ASCII)
_CONNECT, _SILENT, _TRIES = 5, 10, 3  # seconds, seconds without a byte, times
_LOG = 30  # seconds for a line of the log, which is small
_REFUSED = (
    r"ACCESS.?DENIED|lacked the necessary privileges|not properly authenticated|INVALID_?ACCESS_?KEY|"
    r"SIGNATURE|EXPIRED_?TOKEN|INVALID_?TOKEN|UNRECOGNIZED_?CLIENT|HTTP status 40[13]|\b40[13] "
)
_CAUSES = (
    (r"NO_?SUCH_?BUCKET", "there is no such bucket", "Create it, or name another with --store"),
    (
        _REFUSED,
        "access is refused",
        "Check the AWS_ variables of the environment, and what their key may do in that bucket",
    ),
    (r"HTTP status 30[17]|\b301 |PERMANENT_?REDIRECT", "the bucket is in another region", "Set AWS_REGION"),
    (
        r"NETWORK_CONNECTION|error sending request|curlCode|timed? ?out|HTTP error",
        "it does not answer",
        "Check the network, AWS_ENDPOINT_URL and AWS_REGION",
    ),
    (
        r"parquet|thrift|corrupt|compress|unexpected",
        "a file is damaged or gone",
        "Add its file again, or put back the store from a copy",
    ),
    (r"SLOW_?DOWN|HTTP status 5\d\d|\b50\d |INTERNAL_?", "it answers with errors", "Try again later"),
)


@dataclass(frozen=True, repr=False)
class _Access:
    """Who asks, and where, as the usual environment variables say it."""

    key: str
    secret: str
    token: str
    region: str
    endpoint: str  # empty: Amazon's own

    def filesystem(self) -> S3FileSystem:
        """The same for pyarrow. Never looks for credentials elsewhere."""
        from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem

        there = urlsplit(self.endpoint)
        return S3FileSystem(
            access_key=self.key,
            secret_key=self.secret,
            session_token=self.token or None,
            region=self.region,
            scheme=there.scheme or "https",
            endpoint_override=there.netloc or None,
            connect_timeout=_CONNECT,
            request_timeout=_SILENT,
            retry_strategy=AwsStandardS3RetryStrategy(max_attempts=_TRIES),
            allow_delayed_open=True,  # a small file is one request, not three
        )

    def options(self) -> dict[str, str]:
        """The same for the library of the log."""
        told = {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true" if self.endpoint.startswith("http:") else "",
            "aws_conditional_put": "etag",  # its default; said because two writers hang on it
            "connect_timeout": f"{_CONNECT}s",
            "timeout": f"{_LOG}s",
            "max_retries": str(_TRIES - 1),
            "retry_timeout": f"{2 * _LOG}s",
        }
        return {name: value for name, value in told.items() if value}

    def refusal(self, name: str, error: Exception) -> StoreError:
        """What a library says of a place, as what the user can do."""
        where = name + (f" at {self.endpoint}" if self.endpoint else "")
        for pattern, cause, todo in _CAUSES:
            if re.search(pattern, str(error), re.IGNORECASE):
                return StoreError(f"{where}: {cause}. {todo}.")
        return StoreError(f"{where}: it could not be read or written ({self.plain(error)}). Try again.")

    def plain(self, error: object) -> str:
        """The first line of what a library says, without keys."""
        told = str(error).partition("\n")[0]
        for secret in (self.secret, self.token, self.key):
            told = told.replace(secret, "...") if secret else told
        return told


def access(environment: Mapping[str, str] = os.environ) -> _Access:
    """Who asks, and where. Raises StoreError where something is not said, or would go over an open wire."""

    def said(*names: str) -> str:
        return next((text for name in names if (text := environment.get(name, "").strip())), "")

    key, secret = said("AWS_ACCESS_KEY_ID"), said("AWS_SECRET_ACCESS_KEY")
    endpoint = said("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL").rstrip("/")
    region = said("AWS_REGION", "AWS_DEFAULT_REGION") or ("us-east-1" if endpoint else "")
    if not (key and secret and region):
        raise StoreError(
            "a store in object storage needs AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION in the "
            "environment (or AWS_ENDPOINT_URL instead of a region). Set them."
        )
    try:
        _check_endpoint(endpoint, is_open_allowed=said("AWS_ALLOW_HTTP").lower() in ("true", "1"))
    except ValueError:  # its own words may hold what is no address
        raise _no_endpoint() from None
    return _Access(key, secret, said("AWS_SESSION_TOKEN"), region, endpoint)


def _check_endpoint(endpoint: str, *, is_open_allowed: bool) -> None:
    there = urlsplit(endpoint)
    _ = there.port  # raises ValueError where it is no port
    if endpoint and (
        there.scheme not in ("http", "https") or not there.hostname or there.path or there.query
    ):
        raise _no_endpoint()
    if there.username is not None:
        raise StoreError("AWS_ENDPOINT_URL has a user in it. Give credentials by AWS_ACCESS_KEY_ID alone.")
    if there.scheme == "http" and not is_open_allowed and not _is_loopback(there.hostname or ""):
        raise StoreError(
            "AWS_ENDPOINT_URL is http: anybody on the way could read and change what is stored. "
            "Use https, or set AWS_ALLOW_HTTP=true to accept that."
        )


def _no_endpoint() -> StoreError:
    return StoreError("AWS_ENDPOINT_URL is not of the form https://host or https://host:port. Correct it.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Bucket:
    """A prefix in a bucket."""

    def __init__(self, address: str) -> None:
        found = _ADDRESS.fullmatch(address)
        if not address.startswith("s3://"):
            scheme = address.partition(":")[0]
            raise StoreError(
                f"a store cannot be at {scheme}://: of object storage, s3://bucket/prefix is known, and "
                "services that speak its protocol (AWS_ENDPOINT_URL). Name another place with --store."
            )
        if found is None:  # not shown: it may have a password in it
            raise StoreError(
                "the address of the store is not of the form s3://bucket/prefix, in letters, digits and "
                ". _ = + @ - only. Correct --store."
            )
        self.name = f"s3://{found[1]}{found[2]}"
        self._bucket, self._base = found[1], f"{found[1]}{found[2]}"
        self._access = access()
        self._known: dict[str, bytes] = {}  # what was read, or seen to be whole: it changes by `put` only
        self.options: Mapping[str, str] | None = self._access.options()

    @cached_property
    def _files(self) -> S3FileSystem:
        return self._access.filesystem()

    def address(self, name: str) -> str:
        """See Place."""
        return f"{self.name}/{name}"

    def check(self) -> None:
        """See Place: whether there is a bucket shows in the first request."""

    def read(self, name: str) -> bytes:
        """See Place. Read once: a card is asked for several times in a command."""
        if name not in self._known:
            self._known[name] = self._content(name)
        return self._known[name]

    def _content(self, name: str) -> bytes:
        with self._told(), self._files.open_input_stream(f"{self._base}/{name}") as file:
            content: bytes = file.read()
            return content

    def table(self, name: str) -> pa.Table:
        """See Place."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(pa.BufferReader(self._content(name))) as file:  # in one piece: fewer requests
            return file.read(use_threads=False)

    def is_parquet(self, name: str) -> bool:
        """See Place. Looked at once where it is whole."""
        try:
            return name in self._known or self._ends_whole(name)
        except FileNotFoundError:
            return False

    def _ends_whole(self, name: str) -> bool:
        with self._told(), self._files.open_input_file(f"{self._base}/{name}") as file:
            size: int = file.size()
            is_whole = size > 4 and file.read_at(4, size - 4) == b"PAR1"
        if is_whole:
            self._known[name] = b""
        return is_whole

    def put(self, source: Path, name: str) -> None:
        """See Place. One that is cut off leaves nothing, or parts that are no object."""
        self._known.pop(name, None)
        target, size = f"{self._base}/{name}", source.stat().st_size
        with self._told(), source.open("rb") as file:  # not `copy_files`: it passes over what closing says
            out = self._files.open_output_stream(target, buffer_size=0)
            while piece := file.read(_PIECE):
                out.write(piece)
            out.close()
            there = self._files.get_file_info(target).size
        if there != size:
            raise StoreError(
                f"{self.address(name)} has {there} bytes of {size}: cut off. Add the file again."
            )

    def marks(self, folders: Sequence[str]) -> list[str]:
        """See Place."""
        return [mark for found in self.each(self._listed, folders) for mark in found]

    def _listed(self, folder: str) -> list[str]:
        from pyarrow.fs import FileSelector

        with self._told():
            found = self._files.get_file_info(FileSelector(f"{self._base}/{folder}", allow_not_found=True))
        return [f"{one.path} {one.size} {one.mtime_ns}" for one in found]

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """See Place: of this machine, where the system keeps what is temporary."""
        mine = scratch_of_process()
        try:
            (work := mine / "scratch" / "work").mkdir(parents=True)
            yield work
        finally:
            shutil.rmtree(mine, ignore_errors=True)

    def each(self, ask: Callable[[str], T], names: Iterable[str]) -> list[T]:
        """See Place."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(ask, names))

    def refusal(self, error: Exception) -> StoreError:
        """See Place."""
        return self._access.refusal(self.name, error)

    def plain(self, error: object) -> str:
        """See Place."""
        return self._access.plain(error)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self.refusal(error) from None  # the chain would show what was asked with which key


@lru_cache(maxsize=1)
def _filesystem(found: _Access) -> S3FileSystem:
    return found.filesystem()


def dataset(addresses: Sequence[str]) -> Dataset:
    """Parquet files at these addresses for an engine without a reader of its own for them.

    It is asked for columns and conditions, and skips what they rule out.
    """
    from pyarrow.dataset import dataset as made

    paths, found = [address.removeprefix("s3://") for address in addresses], access()
    try:
        return made(paths, format="parquet", filesystem=_filesystem(found))
    except (OSError, ValueError) as error:  # what Arrow raises is one of them
        raise found.refusal(addresses[0], error) from None


def unread(error: Exception) -> StoreError:
    """What an engine says that could not read such a dataset to its end, as what the user can do."""
    return access().refusal("the store", error)
