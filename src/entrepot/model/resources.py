"""Where the data files inside the package are: in the wheel under _data, in a checkout at its top."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def folder(name: str) -> Traversable:
    """The folder `sanctions`, `rules`, `claims`, `figures` or `reference` (tables of codes with cards)."""
    inside = resources.files("entrepot").joinpath("_data", name)
    if inside.is_dir():
        return inside
    return Path(__file__).parents[3] / name
