"""Scripts by buying stage, in versions that never change. `defaults.py` holds those to start with."""
