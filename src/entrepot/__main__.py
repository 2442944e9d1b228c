"""`python -m entrepot`."""

from entrepot.cli import main

if __name__ == "__main__":  # a worker process of the web page imports this module too
    main()
