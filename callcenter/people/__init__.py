"""People who sign in, their sessions, and the record of what they did.

Beside the usual files: `access.py` (who is asking, and may they), `audit.py` (writing the record),
`passwords.py` (argon2, off the event loop).
"""
