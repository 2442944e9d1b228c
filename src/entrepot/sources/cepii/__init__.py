"""CEPII's GeoDist: distances between countries, common borders, countries without a coast."""
