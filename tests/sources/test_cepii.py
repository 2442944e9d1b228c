"""CEPII's GeoDist. The figures of the samples are invented."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(str(files("entrepot.sources.cepii")))
Read = Callable[..., Any]


def test_a_pair_makes_a_distance_and_a_border(read_facts: Read):
    """Weighted by population where that is given, else between the cities; Romania's old code is Romania."""
    found = read_facts(FOLDER / "sample.csv")
    assert found.of("distance_km", "area", "partner") == {
        ("CHN", "KGZ"): 2222.2, ("KGZ", "CHN"): 2222.2, ("ROU", "KGZ"): 3333.3,
    }  # fmt: skip
    assert found.of("is_contiguous", "area", "partner")["ROU", "KGZ"] == 0
    assert found.rows["period"].null_count == found.rows["frequency"].null_count == 6


def test_invented_countries_are_simulated(read_facts: Read, tmp_path: Path):
    """A pair with one of them is no publisher's fact; a code that is nobody's stays a reject."""
    (tmp_path / "dist.csv").write_text(
        "iso_o,iso_d,contig,dist,distw\nXAA,XAB,1,500,\nXAA,CHN,0,900,\nCHN,KGZ,1,800,\nATL,KGZ,1,800,\n"
    )
    found = read_facts(tmp_path / "dist.csv")
    assert found.of("distance_km", "area", "partner") == {
        ("XAA", "XAB"): 500, ("XAA", "CHN"): 900, ("CHN", "KGZ"): 800,
    }  # fmt: skip
    told = {(row["area"], row["partner"]): row["status"] for row in found.rows.to_pylist()}
    assert told == {("XAA", "XAB"): "simulated", ("XAA", "CHN"): "simulated", ("CHN", "KGZ"): "reported"}
    assert {row["value"] for row in found.rejects.to_pylist()} == {"ATL"}


def test_a_country_of_several_cities_is_one_fact(read_facts: Read):
    found = read_facts(FOLDER / "sample_geo.csv")
    assert found.of("is_landlocked", "area") == {("KGZ",): 1, ("TLS",): 0}
    assert (found.card.rows, found.card.rejects) == (2, 0)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [("ROM,", "ATL,", "iso_o"), ("3333.3,", "far,", "distance"), ("ROM,KGZ,0.0", "ROM,KGZ,2.0", "contig")],
)
def test_what_is_not_understood_is_rejected(
    read_facts: Read, tmp_path: Path, old: str, new: str, column: str
):
    text = (FOLDER / "sample.csv").read_text(encoding="utf-8")
    (tmp_path / "dist.csv").write_text(text.replace(old, new), encoding="utf-8")
    rejects = read_facts(tmp_path / "dist.csv").rejects.to_pylist()
    assert {(row["row"], row["column"]) for row in rejects} == {(4, column)}


def test_real_distances_and_coasts(read_facts: Read, data: Path):
    """All 224 by 224 pairs, no country unknown."""
    found = read_facts(data / "reference" / "cepii_dist_cepii.csv")
    distances = found.of("distance_km", "area", "partner")
    assert (len(distances), found.card.rejects) == (224 * 224, 0)
    assert distances["CHN", "KGZ"] == distances["KGZ", "CHN"] == pytest.approx(3_786.58)
    coasts = read_facts(data / "reference" / "cepii_geo_cepii.csv")
    assert (coasts.of("is_landlocked", "area")["KGZ",], coasts.card.rejects) == (1, 0)
