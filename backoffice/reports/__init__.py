"""Figures over periods, each the sum or the count of a list that stands beside it: equal because it is the same SELECT.

`figures.py` computes them from the lists.
"""
