"""`python -m entrepot.cli`."""

from entrepot.cli import main

main()
