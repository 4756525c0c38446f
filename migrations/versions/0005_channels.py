"""The tables of franchising, distributors and rewards."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "channel_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("targets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'issued') = (issued_on IS NOT NULL)", name=op.f("ck_channel_plans_issued")),
        sa.CheckConstraint("state IN ('draft', 'issued')", name=op.f("ck_channel_plans_state")),
        sa.ForeignKeyConstraint(["issued_by"], ["users.id"], name=op.f("fk_channel_plans_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_plans")),
        sa.UniqueConstraint("year", "region", name=op.f("uq_channel_plans_year_region")),
    )
    op.create_table(
        "grade_standards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reading", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("aaa", sa.BigInteger(), nullable=False),
        sa.Column("aa", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(method = 'share' AND aaa BETWEEN 0 AND aa AND aa <= 100) OR (method = 'amount' AND aa BETWEEN 0 AND aaa)",
            name=op.f("ck_grade_standards_consistent"),
        ),
        sa.CheckConstraint("method IN ('share', 'amount')", name=op.f("ck_grade_standards_method")),
        sa.CheckConstraint("reading IN ('end', 'start')", name=op.f("ck_grade_standards_reading")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'rejected')", name=op.f("ck_grade_standards_state")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_grade_standards_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_standards")),
        sa.UniqueConstraint("number", name=op.f("uq_grade_standards_number")),
    )
    op.create_table(
        "rep_evaluations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("advice", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint("made_by <> rep_id", name=op.f("ck_rep_evaluations_not_of_oneself")),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_rep_evaluations_score")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_rep_evaluations_made_by")),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_rep_evaluations_rep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rep_evaluations")),
        sa.UniqueConstraint("rep_id", "month", name=op.f("uq_rep_evaluations_rep_id_month")),
    )
    op.create_table(
        "grade_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'rejected')", name=op.f("ck_grade_reviews_state")
        ),
        sa.ForeignKeyConstraint(["standard_id"], ["grade_standards.id"], name=op.f("fk_grade_reviews_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_reviews")),
    )
    op.create_index(
        "uq_grade_reviews_year", "grade_reviews", ["year"], unique=True, postgresql_where=sa.text("state <> 'rejected'")
    )
    op.create_table(
        "key_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'rejected')", name=op.f("ck_key_accounts_state")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer_accounts.id"], name=op.f("fk_key_accounts_customer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_key_accounts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_key_accounts_number")),
    )
    op.create_index(op.f("ix_key_accounts_customer_id"), "key_accounts", ["customer_id"], unique=False)
    op.create_table(
        "distributors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contact", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contact_phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("years_in_trade", sa.Integer(), nullable=False),
        sa.Column("fixed_assets_fen", sa.BigInteger(), nullable=False),
        sa.Column("annual_turnover_fen", sa.BigInteger(), nullable=False),
        sa.Column("legal_representative", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("good_character", sa.Boolean(), nullable=False),
        sa.Column("has_customer_files", sa.Boolean(), nullable=False),
        sa.Column("has_risk_method", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("file_number", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("archive_place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cash_only_by_grade", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('dealer', 'agent', 'retailer', 'franchisee')", name=op.f("ck_distributors_kind")),
        sa.CheckConstraint(
            "state IN ('prospect', 'matched', 'contracted_draft', 'reviewed', 'filed', 'active', 'suspended', 'terminated')",
            name=op.f("ck_distributors_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('filed', 'active', 'suspended') OR (file_number IS NOT NULL AND reviewed_by IS NOT NULL AND contract_id IS NOT NULL)",
            name=op.f("ck_distributors_filed_is_reviewed_numbered_and_contracted"),
        ),
        sa.CheckConstraint(
            "filed_by IS NULL OR (filed_by <> made_by AND filed_by <> reviewed_by)",
            name=op.f("ck_distributors_filed_by_third"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> made_by", name=op.f("ck_distributors_maker_never_reviews")
        ),
        sa.CheckConstraint(
            "years_in_trade >= 0 AND fixed_assets_fen >= 0 AND annual_turnover_fen >= 0",
            name=op.f("ck_distributors_figures"),
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_distributors_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer_accounts.id"], name=op.f("fk_distributors_customer_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["users.id"], name=op.f("fk_distributors_filed_by")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_distributors_made_by")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["users.id"], name=op.f("fk_distributors_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributors")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_distributors_customer_id")),
        sa.UniqueConstraint("file_number", name=op.f("uq_distributors_file_number")),
    )
    op.create_index(op.f("ix_distributors_contract_id"), "distributors", ["contract_id"], unique=False)
    op.create_index("ix_distributors_state", "distributors", ["state"], unique=False)
    op.create_table(
        "distributor_complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("importance", sa.Integer(), nullable=False),
        sa.Column("solution", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("solved_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'received' OR (kind <> '' AND importance BETWEEN 1 AND 3)",
            name=op.f("ck_distributor_complaints_classified"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'classified', 'escalated', 'solved', 'closed')",
            name=op.f("ck_distributor_complaints_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('solved', 'closed') OR solution <> ''", name=op.f("ck_distributor_complaints_solved_how")
        ),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributors.id"], name=op.f("fk_distributor_complaints_distributor_id")
        ),
        sa.ForeignKeyConstraint(["handler_id"], ["users.id"], name=op.f("fk_distributor_complaints_handler_id")),
        sa.ForeignKeyConstraint(["received_by"], ["users.id"], name=op.f("fk_distributor_complaints_received_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributor_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_distributor_complaints_number")),
    )
    op.create_index("ix_distributor_complaints_distributor", "distributor_complaints", ["distributor_id"], unique=False)
    op.create_table(
        "distributor_file_loans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("lent_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'lent', 'back', 'rejected')",
            name=op.f("ck_distributor_file_loans_state"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> made_by", name=op.f("ck_distributor_file_loans_maker_never_approves")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_distributor_file_loans_approved_by")),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributors.id"], name=op.f("fk_distributor_file_loans_distributor_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_distributor_file_loans_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributor_file_loans")),
    )
    op.create_index(
        "uq_distributor_file_loans_one_out",
        "distributor_file_loans",
        ["distributor_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('approved', 'lent')"),
    )
    op.create_table(
        "distributor_papers",
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributors.id"], name=op.f("fk_distributor_papers_distributor_id")
        ),
        sa.ForeignKeyConstraint(["received_by"], ["users.id"], name=op.f("fk_distributor_papers_received_by")),
        sa.PrimaryKeyConstraint("distributor_id", "name", name=op.f("pk_distributor_papers")),
    )
    op.create_table(
        "distributor_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("visited_by", sa.Uuid(), nullable=False),
        sa.Column("stock", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("orders", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stock <> '' AND orders <> '' AND changes <> ''", name=op.f("ck_distributor_visits_all_three_topics")
        ),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributors.id"], name=op.f("fk_distributor_visits_distributor_id")
        ),
        sa.ForeignKeyConstraint(["visited_by"], ["users.id"], name=op.f("fk_distributor_visits_visited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributor_visits")),
    )
    op.create_index(
        "ix_distributor_visits_distributor", "distributor_visits", ["distributor_id", "visited_on"], unique=False
    )
    op.create_table(
        "grade_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("sales_fen", sa.BigInteger(), nullable=False),
        sa.Column("cumulative_fen", sa.BigInteger(), nullable=False),
        sa.Column("old_grade", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("computed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("computed IN ('AAA', 'AA', 'A')", name=op.f("ck_grade_lines_computed")),
        sa.CheckConstraint("grade = computed OR reason <> ''", name=op.f("ck_grade_lines_departure_has_a_reason")),
        sa.CheckConstraint("grade IN ('AAA', 'AA', 'A')", name=op.f("ck_grade_lines_grade")),
        sa.ForeignKeyConstraint(["distributor_id"], ["distributors.id"], name=op.f("fk_grade_lines_distributor_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["grade_reviews.id"], name=op.f("fk_grade_lines_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_lines")),
        sa.UniqueConstraint("review_id", "distributor_id", name=op.f("uq_grade_lines_review_id_distributor_id")),
    )
    op.create_index(op.f("ix_grade_lines_distributor_id"), "grade_lines", ["distributor_id"], unique=False)
    op.create_table(
        "risk_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (answer <> '')", name=op.f("ck_risk_notices_answered")),
        sa.CheckConstraint("state IN ('reported', 'answered')", name=op.f("ck_risk_notices_state")),
        sa.ForeignKeyConstraint(["distributor_id"], ["distributors.id"], name=op.f("fk_risk_notices_distributor_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_risk_notices_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_notices")),
    )
    op.create_index(op.f("ix_risk_notices_distributor_id"), "risk_notices", ["distributor_id"], unique=False)
    op.create_table(
        "distributor_file_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("credit", sa.Boolean(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("delta", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reported', 'collected', 'filed', 'rejected')", name=op.f("ck_distributor_file_changes_state")
        ),
        sa.CheckConstraint("what <> ''", name=op.f("ck_distributor_file_changes_what")),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributors.id"], name=op.f("fk_distributor_file_changes_distributor_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_distributor_file_changes_made_by")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["distributor_visits.id"], name=op.f("fk_distributor_file_changes_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributor_file_changes")),
    )
    op.create_index(
        "ix_distributor_file_changes_distributor", "distributor_file_changes", ["distributor_id"], unique=False
    )


def _generated_down() -> None:
    op.drop_index("ix_distributor_file_changes_distributor", table_name="distributor_file_changes")
    op.drop_table("distributor_file_changes")
    op.drop_index(op.f("ix_risk_notices_distributor_id"), table_name="risk_notices")
    op.drop_table("risk_notices")
    op.drop_index(op.f("ix_grade_lines_distributor_id"), table_name="grade_lines")
    op.drop_table("grade_lines")
    op.drop_index("ix_distributor_visits_distributor", table_name="distributor_visits")
    op.drop_table("distributor_visits")
    op.drop_table("distributor_papers")
    op.drop_index(
        "uq_distributor_file_loans_one_out",
        table_name="distributor_file_loans",
        postgresql_where=sa.text("state IN ('approved', 'lent')"),
    )
    op.drop_table("distributor_file_loans")
    op.drop_index("ix_distributor_complaints_distributor", table_name="distributor_complaints")
    op.drop_table("distributor_complaints")
    op.drop_index("ix_distributors_state", table_name="distributors")
    op.drop_index(op.f("ix_distributors_contract_id"), table_name="distributors")
    op.drop_table("distributors")
    op.drop_index(op.f("ix_key_accounts_customer_id"), table_name="key_accounts")
    op.drop_table("key_accounts")
    op.drop_index("uq_grade_reviews_year", table_name="grade_reviews", postgresql_where=sa.text("state <> 'rejected'"))
    op.drop_table("grade_reviews")
    op.drop_table("rep_evaluations")
    op.drop_table("grade_standards")
    op.drop_table("channel_plans")


# By hand
def upgrade() -> None:
    _generated_up()


def downgrade() -> None:
    _generated_down()
