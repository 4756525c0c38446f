"""The tables of the stored recordings."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "recording_policies",
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("agents_may_listen", sa.Boolean(), nullable=False),
        sa.Column("announcement", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("announcement_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "announcement IN ('none', 'agent_says', 'played')", name=op.f("ck_recording_policies_announcement")
        ),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name=op.f("ck_recording_policies_retention_days")),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_recording_policies_changed_by")),
        sa.PrimaryKeyConstraint("queue_id", name=op.f("pk_recording_policies")),
    )
    op.create_table(
        "call_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_marks_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_marks")),
        sa.UniqueConstraint("call_id", "what", name="uq_call_marks_what"),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("carrier_ref", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("store", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("outline", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_for", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("forget_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_why", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint(
            "(state = 'deleted') = (deleted_at IS NOT NULL)", name=op.f("ck_recordings_deleted_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'stored' OR (store IS NOT NULL AND name IS NOT NULL AND key_id IS NOT NULL AND size IS NOT NULL AND sha256 IS NOT NULL AND seconds IS NOT NULL AND stored_at IS NOT NULL)",
            name=op.f("ck_recordings_stored_is_whole"),
        ),
        sa.CheckConstraint("state IN ('expected', 'stored', 'absent', 'deleted')", name=op.f("ck_recordings_state")),
        sa.CheckConstraint("store IS NULL OR store IN ('disk', 's3')", name=op.f("ck_recordings_store")),
        sa.CheckConstraint("channels IS NULL OR channels IN (1, 2)", name=op.f("ck_recordings_channels")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_recordings_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recordings_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("call_id", "carrier_ref", name="uq_recordings_call_ref"),
    )
    op.create_index(op.f("ix_recordings_call_id"), "recordings", ["call_id"], unique=False)
    op.create_index(
        "ix_recordings_kept",
        "recordings",
        ["queue_id", "began_at"],
        unique=False,
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_index(
        "ix_recordings_to_fetch", "recordings", ["try_at"], unique=False, postgresql_where=sa.text("state = 'expected'")
    )


def _generated_down() -> None:
    op.drop_index("ix_recordings_to_fetch", table_name="recordings", postgresql_where=sa.text("state = 'expected'"))
    op.drop_index("ix_recordings_kept", table_name="recordings", postgresql_where=sa.text("state = 'stored'"))
    op.drop_index(op.f("ix_recordings_call_id"), table_name="recordings")
    op.drop_table("recordings")
    op.drop_table("call_marks")
    op.drop_table("recording_policies")


# By hand
_STAY = """
CREATE FUNCTION recordings_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'recordings_stay: the row stays when the file is deleted' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'recordings_stay';
END $$
"""
_STAY_GUARD = """
CREATE TRIGGER recordings_stay BEFORE DELETE ON recordings
    FOR EACH STATEMENT EXECUTE FUNCTION recordings_stay()
"""


def upgrade() -> None:
    _generated_up()
    op.execute(_STAY)
    op.execute(_STAY_GUARD)


def downgrade() -> None:
    op.execute("DROP TRIGGER recordings_stay ON recordings")
    op.execute("DROP FUNCTION recordings_stay()")
    _generated_down()
