"""How long personal data is kept, and its removal by the clock (个人信息保护法 19, 47: no longer than is needed).

A table says for each kind how many days, with the law that names a least time; each night what is older goes, in small
transactions, with a record of how much. Erasure at a person's request is crm_sync.privacy; both use the same holders.
"""
