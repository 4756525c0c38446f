"""Rules that start, stop or change a campaign by its progress, by the agents at work, or by time.

A supervisor writes them; the worker's clock looks once a minute and carries them out, on the record (audit and runs).
"""
