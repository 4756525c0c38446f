"""Decisions of the pacer that matter, kept with their reasons."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "pacing_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("launch", sa.Integer(), nullable=False),
        sa.Column("held_back", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("why IN ('changed', 'abandoned')", name=op.f("ck_pacing_notes_why")),
        sa.CheckConstraint("launch >= 0", name=op.f("ck_pacing_notes_launch")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_pacing_notes_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pacing_notes")),
    )
    op.create_index("ix_pacing_notes_at", "pacing_notes", ["at"], unique=False)
    op.create_index("ix_pacing_notes_campaign_at", "pacing_notes", ["campaign_id", "at"], unique=False)


def _generated_down() -> None:
    op.drop_index("ix_pacing_notes_campaign_at", table_name="pacing_notes")
    op.drop_index("ix_pacing_notes_at", table_name="pacing_notes")
    op.drop_table("pacing_notes")


# By hand
def upgrade() -> None:
    _generated_up()


def downgrade() -> None:
    _generated_down()
