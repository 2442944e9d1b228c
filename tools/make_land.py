"""Derive reference/land.json from Natural Earth's land, 1:110 million.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/make_land.py package/land-110m.json

Land only, as a backdrop: no border is drawn, for many are contested and none is needed to show trade.
Coordinates are rounded to a hundredth of a degree. Antarctica is left out.
"""

from __future__ import annotations

import json
import sys
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OUT: Final = Path(__file__).parents[1] / "reference" / "land.json"
SCALE: Final = 100  # parts of a degree
SOUTHERNMOST: Final = -60

Ring = list[tuple[int, int]]


def rings(topology: dict[str, Any]) -> Iterator[list[Ring]]:
    """Each polygon as its outline and its holes, in hundredths of a degree."""
    arcs = [decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            yield [joined(arcs, ring) for ring in polygon]


def decoded(arc: Sequence[Sequence[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc's points: TopoJSON writes whole numbers, each as the difference from the one before."""
    columns = [accumulate(steps) for steps in zip(*arc, strict=True)]
    scaled = [
        [round((value * scale + start) * SCALE) for value in column]
        for column, scale, start in zip(columns, transform["scale"], transform["translate"], strict=True)
    ]
    return list(zip(*scaled, strict=True))


def joined(arcs: Sequence[Ring], ring: Sequence[int]) -> Ring:
    """A ring of arcs one after the other (a negative number: backwards), no point twice in a row."""
    points = [p for index in ring for p in (arcs[index] if index >= 0 else arcs[~index][::-1])]
    return [points[0], *(two for one, two in pairwise(points) if one != two)]


def steps(ring: Ring) -> list[int]:
    """A ring as its first point and the way from each point to the next."""
    ways = ((two[0] - one[0], two[1] - one[1]) for one, two in pairwise(ring))
    return [*ring[0], *(number for way in ways for number in way)]


def main() -> None:
    """Write the file; say how large it is."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    kept = [one for one in rings(topology) if max(y for _, y in one[0]) > SOUTHERNMOST * SCALE]
    lines = [json.dumps([steps(ring) for ring in one], separators=(",", ":")) for one in kept]
    OUT.write_text(f'{{"scale":{SCALE},"polygons":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
    print(f"{OUT}: {len(kept)} polygons, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
