"""What happened to every document of the back office, in order: its story.

Beside the usual files: `acts.py` (how every command is carried out: take, compare, move, write the line).
"""
