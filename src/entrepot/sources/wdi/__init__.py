"""The World Bank's World Development Indicators: gross domestic product, population and others by country."""
