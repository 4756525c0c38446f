"""The hosted carrier Twilio: the port over its REST client, and its webhooks. Decision 0005 says why it is so.

Beside the usual files of a noun (`models.py`: the inbox, and what we know of calls and agents' legs;
`repository.py`: reading and locking them; `service.py`: what a webhook tells; `router.py`: the webhooks;
`errors.py`: Twilio's error codes in our words):

`carrier.py`    the port, in the worker
`company.py`    others than the agent in a call: supervisors, third parties, the next agent; and recordings
`legs.py`       the agents' parked legs, kept up
`api.py`        every request that we can make, and nothing else
`transport.py`  the HTTP layer below the official client: time-outs, and never a second POST
`turnstile.py`  calls per second, on our side
`inbox.py`      events from the web process to the worker, through PostgreSQL
`translate.py`  PURE: Twilio's words into ours
`signature.py`  who may speak to the webhooks
`twiml.py`      PURE: what a call is told to do
`addresses.py`  PURE: our webhooks' addresses, and the names of conferences, participants and browsers
`tokens.py`     what a browser needs for its sound
`doctor.py`     whether the account can be used
"""
