"""What the pacer was told of a call when it was launched."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("answer_chance", sa.Float(), nullable=True))
    op.create_check_constraint(op.f("ck_calls_answer_chance"), "calls", "answer_chance BETWEEN 0 AND 1")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_calls_answer_chance"), "calls")
    op.drop_column("calls", "answer_chance")
