"""A search by several processes: comparing names holds Python's lock, so threads would not help."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from threading import Thread
from typing import Final

from entrepot.screening.names.listed import Listed
from entrepot.screening.names.search import Asked, Hit, searched
from entrepot.screening.names.words import ready

_held: list[Listed] = []  # in a worker: what it searches


class Pool:
    """Workers that hold the listed names; started at the first search, ended by `close`."""

    def __init__(self, listed: Listed, workers: int) -> None:
        self._workers = ProcessPoolExecutor(
            workers, mp_context=_context(), initializer=_start, initargs=(listed,)
        )

    def searched(self, portions: Sequence[Sequence[Asked]], threshold: float) -> Iterator[list[Hit]]:
        """What is found of each portion, in their order."""
        return self._workers.map(_searched, portions, [threshold] * len(portions))

    def close(self) -> None:
        """End the workers; what they have begun is finished, what waits is dropped."""
        self._workers.shutdown(cancel_futures=True)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context() -> multiprocessing.context.BaseContext:
    """Fork from a process of one thread that has loaded what is known of names, where the system can."""
    if _FORKSERVER not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context(_FORKSERVER)
    context.set_forkserver_preload(["entrepot.screening.names._loaded"])
    return context


_FORKSERVER: Final = "forkserver"


def _start(listed: Listed) -> None:
    """In a worker, once. Ctrl-C is the parent's to hear: it ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    ready()
    _held.append(listed)
    gc.freeze()  # what is held stays: looking through it again and again takes a third of the time


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _searched(asked: Sequence[Asked], threshold: float) -> list[Hit]:
    return searched(_held[-1], asked, threshold)
