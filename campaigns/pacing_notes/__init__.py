"""Decisions of the pacer that matter, kept with their reasons: when what holds it back changes, and when somebody was
abandoned although it had been judged safe."""
