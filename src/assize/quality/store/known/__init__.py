"""The golden set as it is kept."""
