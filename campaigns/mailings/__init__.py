"""Brochures, and the waves in which they are posted. `addressfile.py` writes the labels for the mailing house."""
