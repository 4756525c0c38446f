"""What reports of control, scores, consent and erasure need."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_sync.privacy import guards

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "consent_records",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("consent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("consent IN ('given', 'unknown', 'refused')", name=op.f("ck_consent_records_consent")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_consent_records_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_records")),
    )
    op.create_index("ix_consent_records_customer", "consent_records", ["customer_id", "id"], unique=False)
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("how", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("kind IN ('copy', 'erasure')", name=op.f("ck_privacy_requests_kind")),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_privacy_requests_done")),
        sa.CheckConstraint("due_on >= received_on", name=op.f("ck_privacy_requests_due")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_privacy_requests_customer_id")),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_privacy_requests_done_by")),
        sa.ForeignKeyConstraint(["noted_by"], ["users.id"], name=op.f("fk_privacy_requests_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    op.create_index(op.f("ix_privacy_requests_customer_id"), "privacy_requests", ["customer_id"], unique=False)
    op.create_index(
        "ix_privacy_requests_due",
        "privacy_requests",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "uq_privacy_requests_open",
        "privacy_requests",
        ["customer_id", "kind"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "call_norms",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("average_s", sa.Integer(), nullable=True),
        sa.Column("too_short_s", sa.Integer(), nullable=False),
        sa.Column("too_long_s", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("average_s IS NULL OR average_s BETWEEN 10 AND 7200", name=op.f("ck_call_norms_average")),
        sa.CheckConstraint(
            "too_short_s >= 0 AND too_long_s > too_short_s AND too_long_s <= 14400", name=op.f("ck_call_norms_limits")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_call_norms_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_call_norms_changed_by")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_call_norms")),
    )
    op.create_table(
        "call_scores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=True),
        sa.Column("felt_need", sa.Integer(), nullable=True),
        sa.Column("rational_need", sa.Integer(), nullable=True),
        sa.Column("trust", sa.Integer(), nullable=True),
        sa.Column("closing", sa.Integer(), nullable=True),
        sa.Column("manner", sa.Integer(), nullable=True),
        sa.Column("unlawful_claim", sa.Boolean(), nullable=False),
        sa.Column("remarks", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(opening IS NULL OR opening BETWEEN 0 AND 5) AND (felt_need IS NULL OR felt_need BETWEEN 0 AND 5) AND (rational_need IS NULL OR rational_need BETWEEN 0 AND 5) AND (trust IS NULL OR trust BETWEEN 0 AND 5) AND (closing IS NULL OR closing BETWEEN 0 AND 5) AND (manner IS NULL OR manner BETWEEN 0 AND 5)",
            name=op.f("ck_call_scores_scores"),
        ),
        sa.CheckConstraint("by <> agent_id", name=op.f("ck_call_scores_not_of_oneself")),
        sa.CheckConstraint(
            "opening IS NOT NULL OR felt_need IS NOT NULL OR rational_need IS NOT NULL OR trust IS NOT NULL OR closing IS NOT NULL OR manner IS NOT NULL",
            name=op.f("ck_call_scores_something_scored"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_call_scores_agent_id")),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_call_scores_by")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_scores_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_call_scores_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_scores")),
        sa.UniqueConstraint("call_id", "by", name="uq_call_scores_call_by"),
    )
    op.create_index("ix_call_scores_agent", "call_scores", ["agent_id", "scored_at"], unique=False)
    op.create_table(
        "calling_proofs",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "attempts >= 0 AND faulty >= 0 AND faulty <= attempts", name=op.f("ck_calling_proofs_counts")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_calling_proofs_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_calling_proofs")),
    )
    op.create_index("ix_calling_proofs_day", "calling_proofs", ["day"], unique=False)


def _generated_down() -> None:
    op.drop_index("ix_calling_proofs_day", table_name="calling_proofs")
    op.drop_table("calling_proofs")
    op.drop_index("ix_call_scores_agent", table_name="call_scores")
    op.drop_table("call_scores")
    op.drop_table("call_norms")
    op.drop_index(
        "uq_privacy_requests_open", table_name="privacy_requests", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_index("ix_privacy_requests_due", table_name="privacy_requests", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index(op.f("ix_privacy_requests_customer_id"), table_name="privacy_requests")
    op.drop_table("privacy_requests")
    op.drop_index("ix_consent_records_customer", table_name="consent_records")
    op.drop_table("consent_records")


# By hand
def upgrade() -> None:
    _generated_up()
    for statement in guards.STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.REMOVE:
        op.execute(statement)
    _generated_down()
