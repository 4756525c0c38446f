"""Telephony, second part."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
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
    op.add_column("calls", sa.Column("agent_lost_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "agent_lost_at")
    _generated_down()
