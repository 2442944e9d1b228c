"""The order of a run in several processes names files that are there, and knows what starts a Spark."""

from tests.conftest import ROOT
from tests.schedule import LONG, is_on_spark


def test_the_long_files_are_there():
    assert [name for name in LONG if not (ROOT / "tests" / name).is_file()] == []
    assert len(set(LONG)) == len(LONG)


def test_spark_is_told_by_the_name_of_a_test_or_its_file_and_not_by_its_folder():
    assert is_on_spark("tests/spec/test_dip.py::test_a_dip[spark-1]")
    assert is_on_spark("tests/store/test_spark.py::test_a_file_becomes_the_same[tidy]")
    assert is_on_spark("tests/store/test_acts.py::test_on_spark_too")
    assert not is_on_spark("tests/spark/test_dip.py::test_a_dip[duckdb]")


def test_each_test_on_spark_says_so_in_its_name(request):
    """Else it would start a second Spark in another process."""
    apart = [item for item in request.session.items if not is_on_spark(item.nodeid)]
    assert [item.nodeid for item in apart if "spark" in item.fixturenames] == []
    assert [item.nodeid for item in apart if item.get_closest_marker("spark")] == []
