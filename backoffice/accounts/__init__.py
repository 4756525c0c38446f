"""The commercial side of a customer: invoiced party, terms, grade, credit limit."""
