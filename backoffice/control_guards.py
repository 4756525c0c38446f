"""Triggers and data of migration 0004: budgets, expenses, marketing control, conferences."""

from __future__ import annotations

from backoffice.budgets import guards as budgets
from backoffice.expenses import guards as expenses

STATEMENTS: tuple[str, ...] = (*budgets.STATEMENTS, *expenses.STATEMENTS)
REMOVE: tuple[str, ...] = (*expenses.REMOVE, *budgets.REMOVE)
