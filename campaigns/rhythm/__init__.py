"""How a person is sorted after a talk, and at which pace each grade is called again (domain notes, 14b).

Results of calls name one of five kinds (`rules.Sorting`) and a grade; the table of grades says how long a grade rests,
how often it is called, and what comes after that: the next grade, or the end.
"""
