"""The dialler: the shell that reads the room, asks the pacer, claims leads, places calls and follows them.

Judgement is elsewhere (pacing, schedule, the state machines); here are only hands. `dialer.Dialer` is the
whole; one instance runs in a worker.
"""
