"""Approvals (审批): who has to agree to what, in which order; every verdict with its opinion."""
