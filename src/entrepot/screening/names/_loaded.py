"""Loads, when it is imported, what is known of names: once, for all workers that are forked after it."""

from entrepot.screening.names.words import ready

ready()
