"""Campaigns that share the agents of one of them: whose turn is the next call?

The agents sit down in one campaign (the host); its pacer decides how many calls are launched, and the mix decides from
which campaign each of them comes: by priority first, by shares within one priority. Each call stays its own campaign's
(rules, script, message, number, ledger); only the agents are the host's (`calls.agents_of`).
"""
