"""The tables of review, read and written. Every function is a step: the service checks who may."""
