"""What a column constraint cannot say about the back office: its triggers.

A revision of its own because the schema before it is generated from the models. Until the first landing both
are made anew with the models; from then on the statements are frozen and changes are new revisions.
"""

from alembic import op

from backoffice import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in guards.STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.REMOVE:
        op.execute(statement)
