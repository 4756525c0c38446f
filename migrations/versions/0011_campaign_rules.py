"""Rules, shares and rhythms of campaigns."""

from alembic import op

from campaigns.leads import guards

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    pass


def _generated_down() -> None:
    pass


# By hand
def upgrade() -> None:
    _generated_up()
    for statement in guards.STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.REMOVE:
        op.execute(statement)
    _generated_down()
