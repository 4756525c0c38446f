"""Stock of articles by lot, and who gets how much of what is scarce (M9-3).

An article is watched once its first piece is booked here; of others the back office believes the warehouse.
"""
