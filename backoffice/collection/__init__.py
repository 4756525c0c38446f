"""The chasing of receivables on the wire: dunning, extensions, statements, tasks, reports (M4)."""
