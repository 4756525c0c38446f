"""Controlled documents (受控文件): number, version, status, departments, dates, and the log of revisions.

Beside the usual files: `papers.py` (a document on paper).
"""
