"""Trading worlds with a known truth, to hold methods against. METHODS: proof on a world that is known."""

from entrepot.simulate.confounders import KINDS
from entrepot.simulate.world import World, simulate

__all__ = ["KINDS", "World", "simulate"]
