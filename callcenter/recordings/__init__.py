"""Recordings of calls: fetched from the carrier, sealed, kept, played to those who may hear them, deleted in time.

Beside the usual files: `seal.py` (encryption in pieces, so that any part can be read alone), `stores.py` (a folder, or
a store that speaks S3), `wave.py` (what a WAV file says of itself, and its outline for the player), `keeper.py` (the
worker's job: fetch what is due, delete what has had its time), `tickets.py` (leave to hear one recording for a while).
"""
