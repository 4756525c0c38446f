"""The order book of the back office on the wire: orders, holds, back-orders, accounts and their limits (M8)."""
