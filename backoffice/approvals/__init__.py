"""Approvals (审批): who has to agree to what, in which order; every verdict with its opinion.

Beside the usual files: `outcomes.py` (which kinds exist, and what their end means to the room that asked).
"""
