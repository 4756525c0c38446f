"""Recruitment conferences (M10, 渠道招商会): the source's plan as a template that is filled, invitees, result.

Beside the usual files: `template.py` (the source's lists and figures), `invitees.py` (their service), `lists.py`.

`papers.py`: what is printed, in both languages.
"""
