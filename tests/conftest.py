"""What tests share: the folder of real data, one Sail and one Spark for the whole session."""

import gc
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from entrepot.cli import GARBAGE
from entrepot.store.engine import Spark, engine_named
from tests import schedule

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from xdist.remote import Producer

ROOT = Path(__file__).resolve().parents[1]
SERVERS = Path(os.environ.get("ENTREPOT_TEST_SERVERS") or ROOT / ".venv" / "servers" / "bin")
OLDEST_JAVA = 17
SPARK_CONFIG = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""For long queries of tiny tables: nothing is compiled that runs once, in Java or by Spark."""


def pytest_configure() -> None:
    """Look for garbage as seldom as the command line does."""
    gc.set_threshold(*GARBAGE)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "schedule.LongestFirst | None":
    """See tests/schedule.py."""
    return schedule.LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each process of several is told the tests in the order in which they are handed out."""
    if hasattr(config, "workerinput"):
        items.sort(key=schedule.place)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of published statistics: $ENTREPOT_DATA, or ../shared/data beside the checkout."""
    folder = Path(os.environ.get("ENTREPOT_DATA") or ROOT.parent / "shared" / "data").resolve()
    if not folder.is_dir():
        _without(f"no published statistics in {folder}; set ENTREPOT_DATA to a folder that has them")
    return folder


@pytest.fixture(scope="session")
def spark(request: pytest.FixtureRequest) -> "Iterator[SparkSession]":
    """The Spark that $ENTREPOT_TEST_SPARK names: local, sail, spark://host:port or sc://host:port."""
    place = os.environ.get("ENTREPOT_TEST_SPARK") or "local"
    if place == "sail":
        yield request.getfixturevalue("sail")
    elif place == "local":
        with _local_spark(request.getfixturevalue("tmp_path_factory")) as session:
            yield session
    else:
        yield _at(place)


@pytest.fixture(scope="session")
def servers() -> Path:
    """Programs of an environment of their own: Sail, and a Python that has moto."""
    if not (SERVERS / "sail").exists():
        _without(f"no servers in {SERVERS}: make servers")
    return SERVERS


@pytest.fixture(scope="session")
def sail(servers: Path) -> Iterator[Any]:
    """A session of Sail, in a process of its own on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    patience = os.environ | {"SAIL_SPARK__SESSION_TIMEOUT_SECS": "36000", "RUST_LOG": "error"}
    server = subprocess.Popen(
        [servers / "sail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)], env=patience
    )
    try:
        session = _at(f"sc://127.0.0.1:{port}")
        yield session
        session.stop()
    finally:
        server.terminate()
        server.wait(timeout=60)


def _at(place: str) -> Any:
    engine = engine_named(place)
    assert isinstance(engine, Spark)
    return engine.session


@contextmanager
def _local_spark(factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """One core in this process, with nothing listening beyond loopback."""
    java = _java_version()
    if java < OLDEST_JAVA:
        _without(f"Spark needs Java {OLDEST_JAVA} or later; found {java or 'none'}")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        _without("Spark needs PySpark: pip install 'entrepot[spark]'")

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[1]").appName("entrepot-tests")
    builder = builder.config("spark.sql.warehouse.dir", str(factory.mktemp("warehouse")))
    for key, value in SPARK_CONFIG.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def _java_version() -> int:
    """The major version of the Java that Spark would start, or 0."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return 0
    banner = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', banner)
    return int(version[1]) if version else 0


def _without(what: str) -> NoReturn:
    """Skip, saying what is missing; under continuous integration, where it must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
