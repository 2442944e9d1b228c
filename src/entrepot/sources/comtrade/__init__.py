"""UN Comtrade: what almost every country reports to the UN Statistics Division."""
