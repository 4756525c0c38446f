"""Controlled documents (受控文件): number, version, status, departments, dates, and the log of revisions."""
