"""Import of prospect lists: from a file to customers, with every row accounted for.

Pure parts, in the order in which a file meets them:
`encodings.py` (UTF-8 or GB18030, by a strict chain), `workbooks.py` (formulas of an xlsx that have no value),
`reading.py` (a file as headings and rows), `headings.py` (what a heading means), `mapping.py` (which column goes
into which field), `values.py` (dates, amounts, consents as people type them), `rules.py` (a row → a customer or a
reason), `reasons.py` (those reasons in both languages).

Hands: `service.py` runs an import in one transaction, `repository.py` copies and upserts, `errorfile.py` writes
the rows that were not taken, `uploads.py` holds files between preview and commit, `template.py` makes the empty
list, `settings.py` is what an import must know of its installation.
"""
