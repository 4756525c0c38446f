"""Prepayments we make to suppliers (预付款, direction out; M5): a venue, a medium, a manufacturer.

Applied for, approved, paid, set off against the supplier's invoice once the goods are accepted; the rest is paid or
comes back. The mirror of customers' advances (`backoffice/advances`).
"""
