"""The JSON interface: the library's answers, under its names."""

import io
import json

import pyarrow.csv
import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook

from entrepot import Store, answers

CHINA = {"reporter": "CHN", "partner": "RUS", "period": "2022-01:2022-03"}


def test_every_question_of_the_library_has_an_address(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert sorted(paths) == sorted(f"/api/{name}" for name in answers.__all__)


def test_an_answer_is_the_library_s(client, folder):
    found = client.get("/api/flows", params=CHINA).json()
    wanted = json.loads(json.dumps(answers.flows(Store(folder), **CHINA).to_json()))
    for one in (found, wanted):
        del one["provenance"]["queries"]  # names in them are counted through a process's life
    assert found == wanted
    assert len(found["rows"]) == 3


def test_the_rows_as_files_are_the_same(client, folder):
    wanted = answers.flows(Store(folder), **CHINA).rows
    column = wanted["value_usd"].to_pylist()

    def file(kind):
        answer = client.get("/api/flows", params=CHINA | {"format": kind})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"] == f'attachment; filename="entrepot-flows.{kind}"'
        return io.BytesIO(answer.content)

    assert pyarrow.parquet.read_table(file("parquet")).replace_schema_metadata().equals(wanted)
    assert pyarrow.csv.read_csv(file("csv"))["value_usd"].to_pylist() == column
    head, *lines = CalamineWorkbook.from_filelike(file("xlsx")).get_sheet_by_name("rows").to_python()
    assert [line[head.index("value_usd")] for line in lines] == column


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/api/flows?reporter=CHN&partner=RUS&perod=2022", 422, "perod"),
        ("/api/flows?reporter=CHN", 422, "partner"),
        ("/api/flows?reporter=Narnia&partner=RUS", 422, "Narnia"),
        ("/api/flows?reporter=CHN&partner=RUS&as_of=yesterday", 422, "as_of"),
        ("/api/flows?reporter=CHN&partner=RUS&commodity=" + "1," * 2500, 422, "commodity"),
        ("/api/flows?reporter=XAA&partner=XBB", 404, "nothing held answers"),
        ("/api/nothing", 404, "Not Found"),
    ],
)
def test_a_question_that_is_off_is_told_why(client, path, status, told):
    answer = client.get(path)
    assert answer.status_code == status
    assert told in answer.json()["error"]


def test_an_answer_known_already_is_not_sent_again(client):
    first = client.get("/api/flows", params=CHINA)
    again = client.get("/api/flows", params=CHINA, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        "/api/flows", params=CHINA | {"by": "year"}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200
