"""The tables of franchising, distributors and rewards."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from backoffice.rewards.guards import REMOVE, STATEMENTS

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "reward_cities",
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("class", sa.Integer(), nullable=False),
        sa.CheckConstraint("class BETWEEN 1 AND 3", name=op.f("ck_reward_cities_class")),
        sa.PrimaryKeyConstraint("city", name=op.f("pk_reward_cities")),
    )
    op.create_table(
        "reward_products",
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wholesale_fen", sa.BigInteger(), nullable=True),
        sa.Column("own_make", sa.Boolean(), nullable=False),
        sa.Column("deposit", sa.Boolean(), nullable=False),
        sa.CheckConstraint("wholesale_fen >= 0", name=op.f("ck_reward_products_wholesale")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_reward_products")),
    )
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
        "reward_schemes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("purchase_pay_on", sa.Date(), nullable=True),
        sa.Column("exclusive_pay_on", sa.Date(), nullable=True),
        sa.Column("growth_pay_on", sa.Date(), nullable=True),
        sa.Column("readings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'active', 'closed', 'calculated', 'payout_submitted', 'payout_approved', 'paid')",
            name=op.f("ck_reward_schemes_state"),
        ),
        sa.CheckConstraint(
            "(EXTRACT(DAY FROM from_on) = 1) AND (EXTRACT(DAY FROM (to_on + 1)) = 1)",
            name=op.f("ck_reward_schemes_whole_months"),
        ),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_reward_schemes_days")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_reward_schemes_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_schemes")),
        sa.UniqueConstraint("number", name=op.f("uq_reward_schemes_number")),
    )
    op.create_index(
        "uq_reward_schemes_year",
        "reward_schemes",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('draft', 'submitted')"),
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
        "reward_rows",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("class", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint("class BETWEEN 1 AND 3", name=op.f("ck_reward_rows_class")),
        sa.CheckConstraint("high IS NULL OR (low IS NOT NULL AND high > low)", name=op.f("ck_reward_rows_limits")),
        sa.CheckConstraint("low IS NULL OR low >= 0", name=op.f("ck_reward_rows_low")),
        sa.CheckConstraint("value > 0", name=op.f("ck_reward_rows_value")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["reward_schemes.id"], name=op.f("fk_reward_rows_scheme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scheme_id", "series", "class", "row_no", name=op.f("pk_reward_rows")),
    )
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
        "franchise_applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("same_industry", sa.Boolean(), nullable=False),
        sa.Column("similar_experience", sa.Boolean(), nullable=False),
        sa.Column("trained", sa.Boolean(), nullable=False),
        sa.Column("education", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("potential", sa.Boolean(), nullable=False),
        sa.Column("healthy", sa.Boolean(), nullable=True),
        sa.Column("health_consent", sa.Boolean(), nullable=False),
        sa.Column("knows_company", sa.Boolean(), nullable=False),
        sa.Column("accepts_philosophy", sa.Boolean(), nullable=False),
        sa.Column("competing_chain", sa.Boolean(), nullable=False),
        sa.Column("funds_fen", sa.BigInteger(), nullable=False),
        sa.Column("conduct", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("qualified_by", sa.Uuid(), nullable=True),
        sa.Column("answer_due", sa.Date(), nullable=True),
        sa.Column("reserved_on", sa.Date(), nullable=True),
        sa.Column("reserved_to", sa.Date(), nullable=True),
        sa.Column("intent_fen", sa.BigInteger(), nullable=False),
        sa.Column("result_due", sa.Date(), nullable=True),
        sa.Column("site", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("plan", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("responsibilities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("licences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "education IN ('below', 'junior_college', 'bachelor', 'master')",
            name=op.f("ck_franchise_applications_education"),
        ),
        sa.CheckConstraint(
            "source IN ('media', 'briefing', 'word_of_mouth', 'store_pop', 'prospectus')",
            name=op.f("ck_franchise_applications_source"),
        ),
        sa.CheckConstraint("state <> 'rejected' OR reason <> ''", name=op.f("ck_franchise_applications_rejected_why")),
        sa.CheckConstraint(
            "state IN ('understanding', 'form_submitted', 'reservation_signed', 'site_assessed', 'plan_agreed', 'contracted', 'licensing', 'pre_opening', 'open_supported', 'rejected', 'withdrawn', 'expired', 'terminated')",
            name=op.f("ck_franchise_applications_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('contracted', 'licensing', 'pre_opening', 'open_supported') OR contract_id IS NOT NULL",
            name=op.f("ck_franchise_applications_contracted_has_a_contract"),
        ),
        sa.CheckConstraint("funds_fen >= 0", name=op.f("ck_franchise_applications_funds")),
        sa.CheckConstraint(
            "healthy IS NULL OR health_consent", name=op.f("ck_franchise_applications_health_with_consent")
        ),
        sa.CheckConstraint(
            "qualified_by IS NULL OR qualified_by <> made_by",
            name=op.f("ck_franchise_applications_maker_never_qualifies"),
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_franchise_applications_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_franchise_applications_customer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_franchise_applications_made_by")),
        sa.ForeignKeyConstraint(["qualified_by"], ["users.id"], name=op.f("fk_franchise_applications_qualified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_franchise_applications")),
        sa.UniqueConstraint("number", name=op.f("uq_franchise_applications_number")),
    )
    op.create_index("ix_franchise_applications_state", "franchise_applications", ["state"], unique=False)
    op.create_index(
        "uq_franchise_applications_alive",
        "franchise_applications",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('rejected', 'withdrawn', 'expired', 'terminated')"),
    )
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
        "franchise_support",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'enquiry' OR channel <> ''", name=op.f("ck_franchise_support_enquiry_has_a_channel")
        ),
        sa.CheckConstraint("kind IN ('review', 'training', 'enquiry')", name=op.f("ck_franchise_support_kind")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["franchise_applications.id"], name=op.f("fk_franchise_support_application_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_franchise_support_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_franchise_support")),
    )
    op.create_index("ix_franchise_support_application", "franchise_support", ["application_id", "on_day"], unique=False)
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
        "reward_months",
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("prepaid_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_months_dealer_id")),
        sa.PrimaryKeyConstraint("dealer_id", "month", name=op.f("pk_reward_months")),
    )
    op.create_table(
        "reward_other_brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("brand", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("we_make", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_reward_other_brands_days")),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_other_brands_dealer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_reward_other_brands_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_other_brands")),
    )
    op.create_index(op.f("ix_reward_other_brands_dealer_id"), "reward_other_brands", ["dealer_id"], unique=False)
    op.create_table(
        "reward_provisions",
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("purchase_fen", sa.BigInteger(), nullable=False),
        sa.Column("exclusive_fen", sa.BigInteger(), nullable=False),
        sa.Column("growth_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_provisions_dealer_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["reward_schemes.id"], name=op.f("fk_reward_provisions_scheme_id")),
        sa.PrimaryKeyConstraint("scheme_id", "dealer_id", "month", name=op.f("pk_reward_provisions")),
    )
    op.create_table(
        "reward_purchases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("own_make", sa.Boolean(), nullable=False),
        sa.Column("source_kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_line", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source_kind IN ('invoice', 'cancelled', 'return', 'opening')", name=op.f("ck_reward_purchases_source_kind")
        ),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_purchases_dealer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_purchases")),
        sa.UniqueConstraint(
            "source_kind",
            "source_id",
            "source_line",
            name=op.f("uq_reward_purchases_source_kind_source_id_source_line"),
        ),
    )
    op.create_index("ix_reward_purchases_day", "reward_purchases", ["on_day"], unique=False)
    op.create_index("ix_reward_purchases_dealer", "reward_purchases", ["dealer_id", "on_day"], unique=False)
    op.create_table(
        "reward_statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("city_class", sa.Integer(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("purchase_fen", sa.BigInteger(), nullable=False),
        sa.Column("exclusive_fen", sa.BigInteger(), nullable=False),
        sa.Column("growth_fen", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('calculated', 'confirmed', 'disputed')", name=op.f("ck_reward_statements_state")),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_statements_dealer_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["reward_schemes.id"], name=op.f("fk_reward_statements_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_statements")),
        sa.UniqueConstraint("scheme_id", "dealer_id", name=op.f("uq_reward_statements_scheme_id_dealer_id")),
    )
    op.create_index(op.f("ix_reward_statements_dealer_id"), "reward_statements", ["dealer_id"], unique=False)
    op.create_table(
        "reward_violations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("evidence", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("evidence <> ''", name=op.f("ck_reward_violations_evidence")),
        sa.CheckConstraint("kind IN ('price_cut', 'cross_region')", name=op.f("ck_reward_violations_kind")),
        sa.CheckConstraint(
            "state IN ('reported', 'under_investigation', 'cleared', 'disqualified', 'appealed', 'upheld')",
            name=op.f("ck_reward_violations_state"),
        ),
        sa.CheckConstraint(
            "judged_by IS NULL OR judged_by <> made_by", name=op.f("ck_reward_violations_reporter_never_judges")
        ),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_violations_dealer_id")),
        sa.ForeignKeyConstraint(["judged_by"], ["users.id"], name=op.f("fk_reward_violations_judged_by")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_reward_violations_made_by")),
        sa.ForeignKeyConstraint(["scheme_id"], ["reward_schemes.id"], name=op.f("fk_reward_violations_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_violations")),
        sa.UniqueConstraint("number", name=op.f("uq_reward_violations_number")),
    )
    op.create_index("ix_reward_violations_dealer", "reward_violations", ["dealer_id", "scheme_id"], unique=False)
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
    op.create_table(
        "reward_exclusions",
        sa.Column("purchase_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reward_exclusions_reason")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_reward_exclusions_made_by")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["reward_purchases.id"], name=op.f("fk_reward_exclusions_purchase_id")
        ),
        sa.PrimaryKeyConstraint("purchase_id", name=op.f("pk_reward_exclusions")),
    )
    op.create_table(
        "reward_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("base_fen", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('purchase', 'exclusive', 'growth')", name=op.f("ck_reward_lines_kind")),
        sa.ForeignKeyConstraint(["statement_id"], ["reward_statements.id"], name=op.f("fk_reward_lines_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_lines")),
    )
    op.create_index("ix_reward_lines_statement", "reward_lines", ["statement_id", "run"], unique=False)
    op.create_table(
        "reward_payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("receipt_kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("receipt_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('purchase', 'exclusive', 'growth', 'payment')", name=op.f("ck_reward_payouts_kind")
        ),
        sa.CheckConstraint(
            "receipt_kind IN ('', 'uniform_invoice', 'receipt')", name=op.f("ck_reward_payouts_receipt_kind")
        ),
        sa.CheckConstraint(
            "state <> 'paid' OR (receipt_number <> '' AND paid_on IS NOT NULL)",
            name=op.f("ck_reward_payouts_paid_has_a_receipt"),
        ),
        sa.CheckConstraint("state IN ('open', 'paid', 'void')", name=op.f("ck_reward_payouts_state")),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_reward_payouts_amount")),
        sa.CheckConstraint(
            "paid_by IS NULL OR received_by IS NULL OR paid_by <> received_by", name=op.f("ck_reward_payouts_two_hands")
        ),
        sa.ForeignKeyConstraint(["paid_by"], ["users.id"], name=op.f("fk_reward_payouts_paid_by")),
        sa.ForeignKeyConstraint(["received_by"], ["users.id"], name=op.f("fk_reward_payouts_received_by")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["reward_statements.id"], name=op.f("fk_reward_payouts_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_payouts")),
    )
    op.create_index(
        "uq_reward_payouts_one_open",
        "reward_payouts",
        ["statement_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "reward_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("payable_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_reward_payments_amount")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_notes.id"], name=op.f("fk_reward_payments_credit_note_id")
        ),
        sa.ForeignKeyConstraint(["dealer_id"], ["distributors.id"], name=op.f("fk_reward_payments_dealer_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["reward_schemes.id"], name=op.f("fk_reward_payments_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_payments")),
        sa.UniqueConstraint("dealer_id", "month", name=op.f("uq_reward_payments_dealer_id_month")),
    )
    op.create_index(op.f("ix_reward_payments_scheme_id"), "reward_payments", ["scheme_id"], unique=False)


def _generated_down() -> None:
    op.drop_index(op.f("ix_reward_payments_scheme_id"), table_name="reward_payments")
    op.drop_table("reward_payments")
    op.drop_index("uq_reward_payouts_one_open", table_name="reward_payouts", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("reward_payouts")
    op.drop_index("ix_reward_lines_statement", table_name="reward_lines")
    op.drop_table("reward_lines")
    op.drop_table("reward_exclusions")
    op.drop_index("ix_distributor_file_changes_distributor", table_name="distributor_file_changes")
    op.drop_table("distributor_file_changes")
    op.drop_index(op.f("ix_risk_notices_distributor_id"), table_name="risk_notices")
    op.drop_table("risk_notices")
    op.drop_index("ix_reward_violations_dealer", table_name="reward_violations")
    op.drop_table("reward_violations")
    op.drop_index(op.f("ix_reward_statements_dealer_id"), table_name="reward_statements")
    op.drop_table("reward_statements")
    op.drop_index("ix_reward_purchases_dealer", table_name="reward_purchases")
    op.drop_index("ix_reward_purchases_day", table_name="reward_purchases")
    op.drop_table("reward_purchases")
    op.drop_table("reward_provisions")
    op.drop_index(op.f("ix_reward_other_brands_dealer_id"), table_name="reward_other_brands")
    op.drop_table("reward_other_brands")
    op.drop_table("reward_months")
    op.drop_index(op.f("ix_grade_lines_distributor_id"), table_name="grade_lines")
    op.drop_table("grade_lines")
    op.drop_index("ix_franchise_support_application", table_name="franchise_support")
    op.drop_table("franchise_support")
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
    op.drop_index(
        "uq_franchise_applications_alive",
        table_name="franchise_applications",
        postgresql_where=sa.text("state NOT IN ('rejected', 'withdrawn', 'expired', 'terminated')"),
    )
    op.drop_index("ix_franchise_applications_state", table_name="franchise_applications")
    op.drop_table("franchise_applications")
    op.drop_index("ix_distributors_state", table_name="distributors")
    op.drop_index(op.f("ix_distributors_contract_id"), table_name="distributors")
    op.drop_table("distributors")
    op.drop_table("reward_rows")
    op.drop_index(op.f("ix_key_accounts_customer_id"), table_name="key_accounts")
    op.drop_table("key_accounts")
    op.drop_index("uq_grade_reviews_year", table_name="grade_reviews", postgresql_where=sa.text("state <> 'rejected'"))
    op.drop_table("grade_reviews")
    op.drop_index(
        "uq_reward_schemes_year",
        table_name="reward_schemes",
        postgresql_where=sa.text("state NOT IN ('draft', 'submitted')"),
    )
    op.drop_table("reward_schemes")
    op.drop_table("rep_evaluations")
    op.drop_table("grade_standards")
    op.drop_table("channel_plans")
    op.drop_table("reward_products")
    op.drop_table("reward_cities")


# By hand
def upgrade() -> None:
    _generated_up()
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REMOVE:
        op.execute(statement)
    _generated_down()
