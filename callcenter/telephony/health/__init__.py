"""Is the telephone network well? A circuit breaker around the carrier, its state in a table for screens and doctor.

`rules` says when it opens and closes; `guarded` is the carrier with it around; `service` writes and reads.

`refused.py`: messages from outside that were not believed, counted by day and reason.
"""
