"""The harness with a stand-in for the estimator: scores, resuming, the page and its aims."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pytest

from entrepot.simulate import simulate
from tests.calibration import naive
from tools import calibrate, calibration_rules
from tools.calibration_page import aims, page
from tools.calibration_world import EVERY, OURS, result, score, truth_of, universe

SMALL = {"countries": 24, "products": 40}
NAIVE = "tests.calibration.naive:ours"


@pytest.fixture(scope="module")
def world():
    return simulate(3, **SMALL)


@pytest.fixture(scope="module")
def scored(world):
    return score(world, naive.ours(world))


def test_truth_by_channel_hub_and_product(world):
    """Sums of the window alone, by hand from the rows."""
    sums = truth_of(world)
    rows = [row for row in world.truth.to_pylist() if date(2022, 3, 1) <= row["period"] <= date(2023, 2, 1)]
    assert sums["total", "all", "all"] == pytest.approx(sum(row["rerouted_usd"] for row in rows))
    ghosts = (
        row["rerouted_usd"] for row in rows if row["channel"] == "ghost" and row["hub"] == world.hubs[0]
    )
    assert sums["ghost", world.hubs[0], "all"] == pytest.approx(sum(ghosts))
    assert sums["re-export", "all", "all"] + sums["ghost", "all", "all"] == sums["total", "all", "all"]


def test_universe(world):
    """Every third country by every restricted product, silent ones too."""
    assert len(universe(world)) == 22 * len(world.restricted)


def test_windows_of_the_rules(world):
    """The sums behind the rules, by hand: twelve months from March 2022, and a third of the 36 before."""
    hub = world.hubs[0]
    code = next(c for c in world.restricted if c not in world.renamed["new"].to_pylist())
    cell = [
        (row["period"], row["value"])
        for row in world.flows.to_pylist()
        if (row["reporter"], row["partner"], row["commodity"]) == (world.origin, hub, code)
    ]
    window = sum(v for p, v in cell if date(2022, 3, 1) <= p <= date(2023, 2, 1))
    before = sum(v for p, v in cell if date(2019, 3, 1) <= p <= date(2022, 2, 1)) / 3
    told, flagged, more = calibration_rules.ask(world)["increment over the mean before"][hub, code]
    assert told == pytest.approx(window - before)
    assert flagged is (window > before)
    assert more == pytest.approx(max(window - before, 0))


def test_an_answer_that_is_the_truth_is_perfect(world):
    rows = [
        {
            "hub": hub,
            "commodity": commodity,
            "channel": channel,
            "rerouted_usd": usd,
            "p_value": 1e-6,
            "discovered": True,
        }
        | {f"{end}_{level}_usd": usd for level in (50, 80, 90, 95) for end in ("low", "high")}
        for (channel, hub, commodity), usd in truth_of(world).items()
        if (hub == "all") == (commodity == "all") or commodity == "all"
    ]
    of = score(world, pa.Table.from_pylist(rows))
    mine = of["scores"][OURS]
    assert (mine["average_precision"], mine["false_discovery_rate"], mine["value_found"]) == (1, 0, 1)
    assert mine["bias"] == pytest.approx(0, abs=1e-9)
    assert of["coverage"]["total"]["cell"]["90"] == {"count": 1, "value": 1, "true": 1}
    assert of["coverage"]["ghost"]["total"]["50"]["count"] == 1
    assert of["false_by_confounder"][OURS] == {}


def test_scores_are_plain_json_and_shares(scored):
    assert json.loads(json.dumps(scored)) == scored
    shares = (
        "average_precision",
        "precision_at_10",
        "precision_at_50",
        "false_discovery_rate",
        "value_found",
    )
    assert all(0 <= one[name] <= 1 for one in scored["scores"].values() for name in shares)
    assert set(scored["scores"]) == {OURS, *calibration_rules.NAMES}


def test_wider_intervals_cover_more(scored):
    counts = [scored["coverage"]["total"]["cell"][level]["count"] for level in ("50", "80", "90", "95")]
    assert counts == sorted(counts)


def test_false_discoveries_never_exceed_the_cells_without_rerouting(scored):
    every = scored["false_by_confounder"][EVERY]
    for counts in scored["false_by_confounder"].values():
        assert all(count <= every[kind] for kind, count in counts.items())


def test_a_stopped_run_goes_on(tmp_path):
    """What is there is not made again: a result put there by hand is the one that comes out."""
    run = calibrate.Run((5, 6), SMALL, NAIVE, tmp_path)
    run.keep(result(5, SMALL, NAIVE) | {"mark": "by hand"})
    both = calibrate.results(run, processes=1)
    assert [(one["seed"], one.get("mark")) for one in both] == [(5, "by hand"), (6, None)]
    assert sorted(path.name for path in run.folder.iterdir()) == ["5.json", "6.json"]


def test_another_method_or_size_has_results_of_its_own(tmp_path):
    runs = [
        calibrate.Run((1,), sizes, method, tmp_path)
        for sizes, method in ((SMALL, NAIVE), (SMALL, None), (SMALL | {"products": 41}, NAIVE))
    ]
    assert len({run.folder for run in runs}) == len(runs)


def test_the_two_sets_have_no_seed_in_common():
    assert not set(calibrate.DEVELOPMENT) & set(calibrate.PUBLISHING)


def test_the_page(scored):
    text = page([scored, scored], "Two worlds.")
    assert "| average precision |" in text
    assert text.count("met |") + text.count("**MISSED** |") == 3 + 3 * 4
    assert "| growth > 50 %, z > 1.96, floor |" in text
    alone = {**scored, "scores": {k: v for k, v in scored["scores"].items() if k != OURS}}
    del alone["coverage"]
    assert "## Aims" not in page([alone], "One world.")


@pytest.mark.parametrize(("precision", "met"), [(0.61, True), (0.59, False)])
def test_an_aim_is_met_or_missed(scored, precision, met):
    """At least twice the best rule."""
    rules = {name: {"average_precision": 0.3, "bias": 0.0} for name in calibration_rules.NAMES}
    mine = {"average_precision": precision, "false_discovery_rate": 0.05, "bias": -0.2}
    reached = list(aims([{**scored, "scores": rules | {OURS: mine}}]))
    assert [one[2] for one in reached[:3]] == [met, True, False]


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(calibrate, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(calibrate, "PUBLISHING", range(100_001, 100_003))
    words = ["--countries", "24", "--products", "40", "--processes", "1"]
    assert calibrate.main([*words, "--page", str(tmp_path / "page.md"), "--method", NAIVE]) == 0
    told = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "seeds 100001 to 100002" in told
    assert "## Aims" in told
    assert calibrate.main([*words, "--development", "1", "--method", "rules"]) == 0
    assert "1 world for development (seeds 1)" in capsys.readouterr().out
