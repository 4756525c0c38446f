"""Calls: every attempt to reach a person, from its reservation to its outcome.

Beside the usual files: `log.py` (filtered lists for screens and export), `export.py` (the log as a workbook),
`company.py` (supervisors, transfers, consultations, keys).
"""
