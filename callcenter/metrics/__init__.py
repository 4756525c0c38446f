"""Figures of a running installation for Prometheus: what a process measures, and what the database says."""
