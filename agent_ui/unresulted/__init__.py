"""Talks whose result nobody saved because the agent vanished: found, and saved by a supervisor on their behalf."""
