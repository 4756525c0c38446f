"""One style for every list: filter, search, sort, page, totals, and the same rows as a spreadsheet."""
