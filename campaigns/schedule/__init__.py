"""When may whom be called? Pure judgement: no clock, no database, no chance.

`windows` times of day in a zone · `calling` the rules of a campaign · `presets` the law by country ·
`rules` the gate · `verdict` its answer · `sentences` the answer in words.
"""
