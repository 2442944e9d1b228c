"""Commands that fetch lists of parties, and the one that fetches nothing."""

import json

from entrepot.sources._ask import Pace
from tests.fetching.fake import Fake, served
from tests.fetching.ofac import Ofac
from tests.fetching.opensanctions import OpenSanctions

TOTALS = "date,value\n2021-01,1000000\n2021-02,1100000\n2021-04,1200000\n"


def test_china_s_customs_are_not_asked(run, tmp_path):
    done = run("fetch", "gacc")
    told = done.stdout.decode()
    assert done.returncode == 0
    assert "entrepot add FILE --given flow=export" in told
    assert "Held: nothing of it." in told
    assert max(map(len, told.splitlines())) <= 80
    assert list(tmp_path.iterdir()) == []


def test_which_months_of_china_s_customs_are_held(run, tmp_path):
    (tmp_path / "China_Exports_to_Kyrgyzstan.csv").write_text(TOTALS, encoding="utf-8")
    run("add", "China_Exports_to_Kyrgyzstan.csv", "--published", "2021-05-20")
    told = run("fetch", "gacc").stdout.decode()
    assert "Held: export, 0 digits, 2021-01 to 2021-04: 3 months, 1 missing in between." in told
    assert "Held: nothing of it." in run("fetch", "gacc", "--as-of", "2021-05-01").stdout.decode()


def test_a_list_from_another_address(run, tmp_path):
    with served(Fake(OpenSanctions({"20261120161001-kvf": ["ALPHA (invented)"]}))) as fake:
        done = run("fetch", "opensanctions", "--format", "json", ENTREPOT_OPENSANCTIONS_URL=fake.url)
    row = json.loads(done.stdout)["rows"][0]
    assert (done.returncode, row["state"], row["rows"], row["published"]) == (0, "kept", 1, "2026-11-20")
    assert (tmp_path / "entrepot-data" / row["file"]).is_file()
    assert b"CC BY-NC 4.0" in done.stderr


def test_files_that_do_not_fit_are_no_answer(run, monkeypatch):
    monkeypatch.setattr("entrepot.sources.ofac.fetch.Ofac.pace", lambda self, *, keyed: Pace(1000, 1))
    with served(Fake(Ofac(edition="970", late=("ALT.CSV",)))) as fake:
        done = run("fetch", "ofac", "--format", "json", ENTREPOT_OFAC_URL=fake.url)
    assert done.returncode == 7
    assert [row["state"] for row in json.loads(done.stdout)["rows"]] == ["kept"] * 6 + ["failed"]


def test_sources_name_what_is_kept_too(run):
    names = [row["name"] for row in json.loads(run("sources", "--format", "json").stdout)["rows"]]
    assert {"ofac", "opensanctions", "gacc"} <= set(names)


def test_a_list_of_parties_is_no_file_to_add(run, tmp_path):
    (tmp_path / "SDN.CSV").write_bytes(Ofac()._table("SDN"))
    done = run("add", "SDN.CSV", "--source", "ofac")
    assert (done.returncode, b"not a file of ofac" in done.stderr) == (3, True)
