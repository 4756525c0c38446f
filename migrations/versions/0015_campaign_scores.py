"""Scores, samples, further numbers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from campaigns.mailings import guards

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "score_models",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comparison", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_by", sa.Uuid(), nullable=True),
        sa.Column("used_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'trained') = (used_since IS NULL)", name=op.f("ck_score_models_used_has_since")),
        sa.CheckConstraint("state IN ('trained', 'in_force', 'retired')", name=op.f("ck_score_models_state")),
        sa.CheckConstraint("used_since IS NULL OR reason <> ''", name=op.f("ck_score_models_used_has_reason")),
        sa.ForeignKeyConstraint(["trained_by"], ["users.id"], name=op.f("fk_score_models_trained_by")),
        sa.ForeignKeyConstraint(["used_by"], ["users.id"], name=op.f("fk_score_models_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_models")),
    )
    op.create_index("ix_score_models_trained", "score_models", ["trained_at"], unique=False)
    op.create_index(
        "uq_score_models_in_force",
        "score_models",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "segment_versions",
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["saved_by"], ["users.id"], name=op.f("fk_segment_versions_saved_by")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_segment_versions_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", "version", name=op.f("pk_segment_versions")),
    )
    op.create_table(
        "mailing_controls",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_mailing_controls_customer_id")),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailings.id"], name=op.f("fk_mailing_controls_mailing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mailing_id", "customer_id", name=op.f("pk_mailing_controls")),
    )
    op.create_index("ix_mailing_controls_customer", "mailing_controls", ["customer_id"], unique=False)


def _generated_down() -> None:
    op.drop_index("ix_mailing_controls_customer", table_name="mailing_controls")
    op.drop_table("mailing_controls")
    op.drop_table("segment_versions")
    op.drop_index("uq_score_models_in_force", table_name="score_models", postgresql_where=sa.text("state = 'in_force'"))
    op.drop_index("ix_score_models_trained", table_name="score_models")
    op.drop_table("score_models")


# By hand
def upgrade() -> None:
    _generated_up()
    # What a segment was before its versions were kept is not known: only what it is.
    op.execute(
        "INSERT INTO segment_versions (segment_id, version, name, filters, saved_at, saved_by)"
        " SELECT id, version, name, filters, created_at, created_by FROM segments"
    )
    op.add_column("leads", sa.Column("score_model_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_leads_score_model_id"), "leads", "score_models", ["score_model_id"], ["id"])
    op.add_column("mailings", sa.Column("segment_version", sa.Integer(), nullable=True))
    op.add_column("mailings", sa.Column("sample_size", sa.Integer(), nullable=True))
    op.add_column("mailings", sa.Column("control_percent", sa.Integer(), server_default="0", nullable=False))
    op.add_column("mailings", sa.Column("draw_seed", sa.Integer(), nullable=True))
    op.create_check_constraint("control_percent", "mailings", "control_percent BETWEEN 0 AND 50")
    op.create_check_constraint("sample_size", "mailings", "sample_size IS NULL OR sample_size > 0")
    for statement in guards.STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.REMOVE:
        op.execute(statement)
    op.drop_constraint(op.f("ck_mailings_sample_size"), "mailings")
    op.drop_constraint(op.f("ck_mailings_control_percent"), "mailings")
    for column in ("draw_seed", "control_percent", "sample_size", "segment_version"):
        op.drop_column("mailings", column)
    op.drop_constraint(op.f("fk_leads_score_model_id"), "leads")
    op.drop_column("leads", "score_model_id")
    _generated_down()
