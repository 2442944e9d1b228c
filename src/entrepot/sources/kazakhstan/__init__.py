"""Kazakhstan, Bureau of National Statistics: annual trade by partner."""
