"""Receivables and their collection (M4): bill, chase, receive, match, report."""
