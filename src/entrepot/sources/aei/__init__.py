"""The China Global Investment Tracker of the American Enterprise Institute: deals of Chinese firms abroad."""
