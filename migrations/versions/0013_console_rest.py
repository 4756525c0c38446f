"""What the console's edit screens need."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    pass


def _generated_down() -> None:
    pass


# By hand
_UNRESULTED = "state = 'ended' AND connected_at IS NOT NULL AND agent_id IS NOT NULL AND disposed_at IS NULL"


def upgrade() -> None:
    _generated_up()
    op.create_index("ix_calls_unresulted", "calls", ["created_at"], postgresql_where=sa.text(_UNRESULTED))


def downgrade() -> None:
    op.drop_index("ix_calls_unresulted", table_name="calls")
    _generated_down()
