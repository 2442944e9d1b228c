"""Where questions are computed: in other processes, once for all who ask the same, dropped if none waits."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import os
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkstemp
from typing import Any, TypeVar

import anyio
import anyio.to_process
from anyio import BrokenWorkerProcess, CapacityLimiter
from cachetools import LRUCache
from fastapi import Request
from starlette.responses import Response

from entrepot import __version__
from entrepot.errors import EntrepotError
from entrepot.store import Store
from entrepot.web import tasks
from entrepot.web.errors import BUSY, GONE, Failed

T = TypeVar("T")

_log = logging.getLogger("entrepot.web")
MOST_KEPT = 256 * 2**20  # bytes of answers
MOST_WAITING = 200  # computations asked for and not begun
LONGEST = 900.0  # seconds a computation may take
_LOOK = 0.25  # seconds between two looks whether somebody still waits


@dataclass
class _Job:
    task: asyncio.Task[Any]
    waiting: int = 0


class Workshop:
    """Answers of tasks, from memory where the store has not changed since.

    A process is used again for the next task; one whose task is dropped is ended. Long tasks leave one
    process free for short ones.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: LRUCache[Hashable, Any] = LRUCache(MOST_KEPT, getsizeof=tasks.size)
        self._jobs: dict[Hashable, _Job] = {}
        self._took: LRUCache[Hashable, float] = LRUCache(1000)
        processes = max(2, os.cpu_count() or 2)
        self._all, self._long = CapacityLimiter(processes), CapacityLimiter(processes - 1)
        self._unbounded = CapacityLimiter(math.inf)

    def tag(self, request: Request) -> str:
        """An ETag: the same address on the same store has the same answer.

        To be asked for before the answer is: a store that changes meanwhile must not lend its name to it.
        """
        told = f"{__version__} {self.store.version()} {request.url.path}?{request.url.query}"
        return f'"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'

    def took(self, *name: Hashable) -> float | None:
        """Seconds the task of this name took the last time."""
        return self._took.get(name)

    async def warm(self) -> None:
        """Start the processes and open the store in them, so that the first question need not."""
        async with anyio.create_task_group() as group:
            for _ in range(int(self._all.total_tokens)):
                group.start_soon(self._warmed)

    async def _warmed(self) -> None:
        with suppress(Failed, EntrepotError):  # whoever asks is told
            await self._begun(tasks.ready, (self._place(),), self._all)

    async def ask(
        self,
        request: Request,
        name: tuple[Hashable, ...],
        work: Callable[..., T],
        *args: Any,
        long: bool = False,
    ) -> T:
        """The answer of a task to this store and these arguments, which must be hashable.

        name: tasks of one name take about as long. Raises Failed, also where the caller is gone.
        """
        place = self._place()
        key = (work.__name__, place, args)
        if key in self._kept:
            return self._kept[key]  # type: ignore[no-any-return]
        job = self._jobs.get(key) or self._begin(key, name, work, (place, *args), long=long)
        found: T = await self._waited(request, key, job)
        return found

    async def alone(
        self, request: Request, name: tuple[Hashable, ...], work: Callable[..., T], *args: Any
    ) -> T:
        """The answer of a long task to one caller, not kept or shared; it has ended when this returns."""
        key = object()
        job = self._begin(key, name, work, (self._place(), *args), long=True, keeps=False)
        try:
            found: T = await self._waited(request, key, job)
            return found
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.wait({job.task})

    async def _waited(self, request: Request, key: Hashable, job: _Job) -> Any:
        job.waiting += 1
        try:
            return await _while_there(request, job.task)
        finally:
            job.waiting -= 1
            if not job.waiting and not job.task.done():
                self._forget(key, job)  # at once: who asks the same now must not wait for what is ending
                job.task.cancel()

    def _forget(self, key: Hashable, job: _Job) -> None:
        if self._jobs.get(key) is job:
            del self._jobs[key]

    def _place(self) -> tuple[str, str]:
        return str(Path(self.store.folder).absolute()), self.store.version()

    def _begin(
        self,
        key: Hashable,
        name: tuple[Hashable, ...],
        work: Callable[..., Any],
        args: Any,
        *,
        long: bool,
        keeps: bool = True,
    ) -> _Job:
        if len(self._jobs) >= MOST_WAITING:
            raise Failed("The server has too much to do. Try again in a moment.", BUSY)

        async def run() -> Any:
            try:
                began = time.monotonic()
                found = await self._finished(work, args, long=long)
                self._took[name] = time.monotonic() - began
                if keeps:
                    self._keep(key, found)
                return found
            finally:
                self._forget(key, job)

        job = self._jobs[key] = _Job(asyncio.create_task(run()))
        return job

    def _keep(self, key: Hashable, found: Any) -> None:
        if tasks.size(found) <= MOST_KEPT // 4:
            self._kept[key] = found

    async def _finished(self, work: Callable[..., T], args: Any, *, long: bool) -> T:
        if not long:
            return await self._begun(work, args, self._all)
        async with self._long:
            return await self._begun(work, args, self._all)

    async def _begun(self, work: Callable[..., T], args: Any, limiter: CapacityLimiter) -> T:
        try:
            with anyio.fail_after(LONGEST):
                async with limiter:
                    return await self._in_process(work, args)
        except BrokenWorkerProcess as error:
            _log.error("a worker process ended", exc_info=error)
            raise Failed(
                "The computation ended abruptly, perhaps for want of memory. Ask for less."
            ) from None
        except TimeoutError:
            raise Failed("The computation took too long and was stopped. Ask for less.", BUSY) from None

    async def _in_process(self, work: Callable[..., T], args: Any) -> T:
        """The result from a process. One dropped while its process starts is ended when that has started.

        The library forgets a process that it is told to drop before: it would stay until the server ends.
        """
        sign, path = mkstemp(prefix="entrepot-")
        os.close(sign)
        called: Callable[[], T] = partial(tasks.begin, path, work, args)
        running = asyncio.create_task(
            anyio.to_process.run_sync(called, cancellable=True, limiter=self._unbounded)
        )
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                while Path(path).exists() and not running.done():
                    await asyncio.sleep(0.05)
                running.cancel()
                await asyncio.wait({running})
            raise
        finally:
            Path(path).unlink(missing_ok=True)


def unchanged(request: Request, tag: str) -> Response | None:
    """That the caller has the answer of this ETag already."""
    same = request.headers.get("if-none-match") == tag
    return Response(status_code=304, headers={"ETag": tag}) if same else None


async def _while_there(request: Request, task: asyncio.Task[T]) -> T:
    """The result of a task that others may wait for too, unless the one who asked has gone away."""
    while True:
        try:
            done, _ = await asyncio.wait({task}, timeout=_LOOK)
        except asyncio.CancelledError:  # a request is cancelled for nothing else
            raise Failed("The server is stopping.", BUSY) from None
        if done:
            return task.result()
        if await request.is_disconnected():
            raise Failed("Nobody waits for the answer any more.", GONE)
