"""Federal Customs Service of Russia: chapters by year, and totals by partner and month."""
