"""What the pacer is told: each call's own chance, when the agents go home, the detection's tested errors."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("answer_chance", sa.Float(), nullable=True))
    op.create_check_constraint(op.f("ck_calls_answer_chance"), "calls", "answer_chance BETWEEN 0 AND 1")
    op.add_column("campaigns", sa.Column("people_taken_for_machines", sa.Float(), nullable=False, server_default="0"))
    op.create_check_constraint(
        op.f("ck_campaigns_taken_for_machines"),
        "campaigns",
        "people_taken_for_machines >= 0 AND people_taken_for_machines <= 0.2",
    )
    op.add_column(
        "campaigns",
        sa.Column("shift_ends", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""),
    )
    op.create_check_constraint(
        op.f("ck_campaigns_shift_ends"), "campaigns", "shift_ends ~ '^(([01][0-9]|2[0-3]):[0-5][0-9])?$'"
    )


def downgrade() -> None:
    op.drop_column("campaigns", "shift_ends")
    op.drop_column("campaigns", "people_taken_for_machines")
    op.drop_column("calls", "answer_chance")
