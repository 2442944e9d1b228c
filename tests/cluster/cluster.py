"""A real standalone Spark cluster on loopback: master, workers, Connect server, each a process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

HOST = "127.0.0.1"
PATIENCE = 120.0  # seconds: a Java process starts in 3, on a machine with other work in many more
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
LEAN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a daemon of minutes
SETTINGS = {
    "spark.driver.bindAddress": HOST,
    "spark.driver.host": HOST,
    "spark.executor.cores": "1",
    "spark.master.rest.enabled": "false",  # a port that is the same for everybody
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""What an application on this cluster starts with; the rest is Spark's own default."""


@dataclass
class Cluster:
    """What runs. Ended with its context, whatever happens in it."""

    folder: Path
    ports: Mapping[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: set[str] = field(default_factory=set)

    @property
    def master(self) -> str:
        """The address that --engine takes."""
        return f"spark://{HOST}:{self.ports['master']}"

    @property
    def environment(self) -> dict[str, str]:
        """For a process that asks the cluster: its settings, and nothing beyond loopback."""
        import pyspark

        home = str(Path(pyspark.__file__).parent)
        own = {"SPARK_HOME": home, "SPARK_CONF_DIR": str(self.folder / "conf"), "SPARK_LOCAL_IP": HOST}
        dirs = {"SPARK_LOCAL_DIRS": str(self.folder / "local"), "SPARK_LOG_DIR": str(self.folder)}
        return {**os.environ, **own, **dirs, "SPARK_DAEMON_MEMORY": "512m", "SPARK_DAEMON_JAVA_OPTS": LEAN}

    def workers(self) -> dict[str, str]:
        """The state of each worker as the master tells it: by name, ALIVE or DEAD."""
        told = self.told()["workers"]
        names = {_port_of(self.log(name)): name for name in self.processes if name.startswith("worker")}
        return {names.get(one["port"], one["id"]): one["state"] for one in told}

    def told(self) -> dict[str, Any]:
        """What the master says of itself over HTTP."""
        with urlopen(f"http://{HOST}:{self.ports['ui']}/json/", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def start(self, name: str, program: str, *arguments: str) -> None:
        """One process and those it starts, a group that is ended together; it ends where we are killed."""
        command = [f"{self.environment['SPARK_HOME']}/bin/{program}", *arguments]
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig", "KILL", *command]
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self.environment,
                cwd=self.folder,
                start_new_session=True,
            )

    def worker(self, name: str, cores: int = 1, memory: str = "3g") -> None:
        """One more worker, with room for an executor of so much memory on each core."""
        shape = ("--cores", str(cores), "--memory", f"{int(memory[:-1]) * cores}{memory[-1]}")
        where = ("--host", HOST, "--port", "0", "--webui-port", "0", "--work-dir", str(self.folder / name))
        self.start(name, "spark-class", _WORKER, *where, *shape, self.master)
        self.wait(f"{name} is there", lambda: self.workers().get(name) == "ALIVE")

    def kill(self, name: str) -> None:
        """As `kill -9` of a process and all it started: a worker goes with its executors."""
        process = self.processes[name]
        self.killed.add(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, what: str, holds: Callable[[], bool]) -> None:
        """Until something holds. Raises RuntimeError with the ends of logs where that does not come."""
        until = time.monotonic() + PATIENCE
        while not _quietly(holds):
            ended = (name for name, one in self.processes.items() if one.poll() is not None)
            gone = [name for name in ended if name not in self.killed]
            if gone or time.monotonic() > until:
                ends = "\n".join(f"{name}: {self.log(name)[-2000:]}" for name in gone or self.processes)
                raise RuntimeError(f"the cluster did not come to this: {what}\n{ends}")
            time.sleep(0.2)


@contextmanager
def cluster(
    workers: int = 2,
    cores: int = 1,
    memory: str = "3g",
    *,
    connect: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """A master and workers on loopback in a temporary folder; with `connect` also a Connect server on them.

    cores, memory: of each worker, and of the executor on it. settings: of applications, beside SETTINGS.
    """
    with TemporaryDirectory(prefix="entrepot-cluster-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder), dict(zip(("master", "ui", "connect"), _free(3), strict=True)))
        _configure(made, {**SETTINGS, "spark.executor.memory": memory, **(settings or {})})
        try:
            _master(made)
            for place in range(workers):
                made.worker(f"worker-{place}", cores, memory)
            if connect:
                _connect(made)
            yield made
        finally:
            for name in reversed(made.processes):
                made.kill(name)


def connect_address(made: Cluster) -> str:
    """Where its Connect server answers."""
    return f"sc://{HOST}:{made.ports['connect']}"


def _configure(made: Cluster, settings: Mapping[str, str]) -> None:
    (made.folder / "conf").mkdir()
    lines = [f"{key} {value}\n" for key, value in settings.items()]
    (made.folder / "conf" / "spark-defaults.conf").write_text("".join(lines), encoding="utf-8")


def _master(made: Cluster) -> None:
    ports = ("--port", str(made.ports["master"]), "--webui-port", str(made.ports["ui"]))
    made.start("master", "spark-class", _MASTER, "--host", HOST, *ports)
    made.wait("the master answers", lambda: made.told()["status"] == "ALIVE")


def _connect(made: Cluster) -> None:
    listening = {"spark.connect.grpc.binding.address": HOST}
    listening["spark.connect.grpc.binding.port"] = str(made.ports["connect"])
    settings = [part for key, value in listening.items() for part in ("--conf", f"{key}={value}")]
    made.start("connect", "spark-submit", "--class", _CONNECT, "--master", made.master, *settings)
    made.wait("the Connect server listens", lambda: _listens(made.ports["connect"]))


def _free(count: int) -> Sequence[int]:
    """Ports that nobody listens on."""
    taken = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def _listens(port: int) -> bool:
    with socket.create_connection((HOST, port), timeout=1):
        return True


def _port_of(log: str) -> int:
    """The port a worker says it got."""
    found = log.partition("Starting Spark worker 127.0.0.1:")[2]
    return int(found.partition(" ")[0] or 0)


def _quietly(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except OSError:  # nothing listens yet
        return False
