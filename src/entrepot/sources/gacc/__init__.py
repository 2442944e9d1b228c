"""General Administration of Customs of China: exports of its query site, and monthly totals."""
