"""Marketing control (M1): the year's plan, actuals read from orders, receipts and expenses, causes and corrections.

Beside the usual files: `actuals.py` (what was reached, as SELECTs), `control.py` (the service of control lines),
`lists.py`.
"""
