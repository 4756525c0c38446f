"""The HTTP edge: what every request passes, health, the API's own documentation, the built console."""
