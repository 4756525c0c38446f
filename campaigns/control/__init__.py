"""Control of the calling (呼出过程监控, source 7.3.1 rule 8): who was called, how long, with what result, and rightly?

Beside the usual files: `figures.py` (results by hour, window, agent, list, script, stage …: one definition of each
number), `ledger.py` (abandonment by campaign and period, as laws count it), `proof.py` (each day's attempts judged
again from the rows they left; must find nothing), `mine.py` (an agent's own figures of today).
"""
