"""Deliveries (M9): asked for, signed, cleared by finance, picked, shipped, signed for; differences and returns."""
