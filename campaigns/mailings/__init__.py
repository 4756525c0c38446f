"""Brochures, and the waves in which they are posted. `addressfile.py` writes the labels for the mailing house.

`guards.py` holds the triggers that keep a control group unmailed and uncalled.
"""
