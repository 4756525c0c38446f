"""What a mailing and its calls brought, against the control group that chance held back.

Here, because it takes both: who was mailed (campaigns) and who bought (the back office's orders).
"""
