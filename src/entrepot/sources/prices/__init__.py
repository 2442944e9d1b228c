"""Prices of crude oil, as the United States' Energy Information Administration publishes them."""
