"""The tables of marketing control, budgets, expenses and conferences."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from backoffice import control_guards
from backoffice.budgets.seed import statements as seed_statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


# Generated
def _generated_up() -> None:
    op.create_table(
        "departments",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_departments")),
    )
    op.create_table(
        "expense_accounts",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_zh", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent_code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("balance_sheet", sa.Boolean(), nullable=False),
        sa.Column("travel", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["expense_accounts.code"], name=op.f("fk_expense_accounts_parent_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_expense_accounts")),
    )
    op.create_table(
        "market_figures",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("market_fen", sa.BigInteger(), nullable=False),
        sa.Column("satisfaction_percent", sa.Integer(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("market_fen > 0", name=op.f("ck_market_figures_market")),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_market_figures_month")),
        sa.CheckConstraint(
            "satisfaction_percent IS NULL OR satisfaction_percent BETWEEN 0 AND 100",
            name=op.f("ck_market_figures_satisfaction"),
        ),
        sa.PrimaryKeyConstraint("year", "month", "region", name=op.f("pk_market_figures")),
    )
    op.create_table(
        "budget_pots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("department_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_budget_pots_year")),
        sa.ForeignKeyConstraint(["account_code"], ["expense_accounts.code"], name=op.f("fk_budget_pots_account_code")),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_budget_pots_department_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_pots")),
        sa.UniqueConstraint(
            "year", "department_code", "account_code", name=op.f("uq_budget_pots_year_department_code_account_code")
        ),
    )
    op.create_table(
        "expense_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("department_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("supplement_of", sa.Uuid(), nullable=True),
        sa.Column("exception", sa.Boolean(), nullable=False),
        sa.Column("exception_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("check_result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT exception OR exception_reason <> ''", name=op.f("ck_expense_requests_exception_has_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'used', 'closed', 'rejected', 'withdrawn', 'expired')",
            name=op.f("ck_expense_requests_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'used') OR valid_until IS NOT NULL",
            name=op.f("ck_expense_requests_approved_until"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_expense_requests_amount")),
        sa.CheckConstraint("supplement_of IS NULL OR supplement_of <> id", name=op.f("ck_expense_requests_supplement")),
        sa.ForeignKeyConstraint(
            ["account_code"], ["expense_accounts.code"], name=op.f("fk_expense_requests_account_code")
        ),
        sa.ForeignKeyConstraint(["applicant_id"], ["users.id"], name=op.f("fk_expense_requests_applicant_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_expense_requests_customer_id")),
        sa.ForeignKeyConstraint(
            ["department_code"], ["departments.code"], name=op.f("fk_expense_requests_department_code")
        ),
        sa.ForeignKeyConstraint(
            ["supplement_of"], ["expense_requests.id"], name=op.f("fk_expense_requests_supplement_of")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_expense_requests_number")),
    )
    op.create_index("ix_expense_requests_applicant", "expense_requests", ["applicant_id", "state"], unique=False)
    op.create_index(op.f("ix_expense_requests_customer_id"), "expense_requests", ["customer_id"], unique=False)
    op.create_index("ix_expense_requests_event", "expense_requests", ["event_id"], unique=False)
    op.create_index(op.f("ix_expense_requests_supplement_of"), "expense_requests", ["supplement_of"], unique=False)
    op.create_table(
        "marketing_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("revision_of", sa.Uuid(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expense_ratio_bp", sa.Integer(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'plan_in_effect', 'closed', 'revised')",
            name=op.f("ck_marketing_plans_state"),
        ),
        sa.CheckConstraint("(plan_version = 0) = (revision_of IS NULL)", name=op.f("ck_marketing_plans_plan_version")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_marketing_plans_made_by")),
        sa.ForeignKeyConstraint(["revision_of"], ["marketing_plans.id"], name=op.f("fk_marketing_plans_revision_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_plans")),
        sa.UniqueConstraint("number", name=op.f("uq_marketing_plans_number")),
        sa.UniqueConstraint("revision_of", name=op.f("uq_marketing_plans_revision_of")),
        sa.UniqueConstraint("year", "plan_version", name=op.f("uq_marketing_plans_year_plan_version")),
    )
    op.create_index(
        "uq_marketing_plans_in_effect",
        "marketing_plans",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state = 'plan_in_effect'"),
    )
    op.create_table(
        "budget_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_pot_id", sa.Uuid(), nullable=True),
        sa.Column("from_month", sa.Integer(), nullable=True),
        sa.Column("to_pot_id", sa.Uuid(), nullable=False),
        sa.Column("to_month", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opinion", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opinion_by", sa.Uuid(), nullable=True),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(applied_on IS NOT NULL) = (state = 'carried_out')", name=op.f("ck_budget_changes_applied")
        ),
        sa.CheckConstraint("(kind = 'virement') = (from_pot_id IS NOT NULL)", name=op.f("ck_budget_changes_from")),
        sa.CheckConstraint("kind IN ('supplement', 'virement')", name=op.f("ck_budget_changes_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_budget_changes_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'finance_opinion', 'approved', 'carried_out', 'rejected')",
            name=op.f("ck_budget_changes_state"),
        ),
        sa.CheckConstraint("(from_pot_id IS NULL) = (from_month IS NULL)", name=op.f("ck_budget_changes_from_month")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_budget_changes_amount")),
        sa.CheckConstraint(
            "applied_by IS NULL OR applied_by <> made_by", name=op.f("ck_budget_changes_maker_never_applies")
        ),
        sa.CheckConstraint("from_pot_id IS DISTINCT FROM to_pot_id", name=op.f("ck_budget_changes_two_budgets")),
        sa.CheckConstraint(
            "opinion_by IS NULL OR opinion_by <> made_by", name=op.f("ck_budget_changes_maker_gives_no_opinion")
        ),
        sa.CheckConstraint(
            "to_month BETWEEN 1 AND 12 AND (from_month IS NULL OR from_month BETWEEN 1 AND 12)",
            name=op.f("ck_budget_changes_months"),
        ),
        sa.ForeignKeyConstraint(["applied_by"], ["users.id"], name=op.f("fk_budget_changes_applied_by")),
        sa.ForeignKeyConstraint(["from_pot_id"], ["budget_pots.id"], name=op.f("fk_budget_changes_from_pot_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_budget_changes_made_by")),
        sa.ForeignKeyConstraint(["opinion_by"], ["users.id"], name=op.f("fk_budget_changes_opinion_by")),
        sa.ForeignKeyConstraint(["to_pot_id"], ["budget_pots.id"], name=op.f("fk_budget_changes_to_pot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_changes")),
        sa.UniqueConstraint("number", name=op.f("uq_budget_changes_number")),
    )
    op.create_index("ix_budget_changes_from", "budget_changes", ["from_pot_id"], unique=False)
    op.create_index("ix_budget_changes_to", "budget_changes", ["to_pot_id"], unique=False)
    op.create_table(
        "budget_reservations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("over_fen", sa.BigInteger(), nullable=False),
        sa.Column("excepted_by", sa.Uuid(), nullable=True),
        sa.Column("exception_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(excepted_by IS NULL) = (exception_reason = '')",
            name=op.f("ck_budget_reservations_exception_has_a_reason"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_budget_reservations_amount")),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_budget_reservations_month")),
        sa.CheckConstraint("over_fen >= 0", name=op.f("ck_budget_reservations_over")),
        sa.ForeignKeyConstraint(["excepted_by"], ["users.id"], name=op.f("fk_budget_reservations_excepted_by")),
        sa.ForeignKeyConstraint(["pot_id"], ["budget_pots.id"], name=op.f("fk_budget_reservations_pot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_reservations")),
        sa.UniqueConstraint("document", "document_id", name=op.f("uq_budget_reservations_document_document_id")),
        sa.UniqueConstraint("id", "pot_id", name=op.f("uq_budget_reservations_id_pot_id")),
    )
    op.create_index("ix_budget_reservations_pot", "budget_reservations", ["pot_id", "month"], unique=False)
    op.create_table(
        "budgets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("revision_of", sa.Uuid(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("annual_fen", sa.BigInteger(), nullable=False),
        sa.Column("year_on_request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("month_on_request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year_on_order", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("month_on_order", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year_on_actual", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("month_on_actual", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("consolidated_by", sa.Uuid(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("month_on_actual IN ('ignore', 'warn', 'stop')", name=op.f("ck_budgets_month_on_actual")),
        sa.CheckConstraint("month_on_order IN ('ignore', 'warn', 'stop')", name=op.f("ck_budgets_month_on_order")),
        sa.CheckConstraint("month_on_request IN ('ignore', 'warn', 'stop')", name=op.f("ck_budgets_month_on_request")),
        sa.CheckConstraint(
            "state IN ('draft', 'unit_reviewed', 'consolidated', 'committee_approved', 'issued', 'closed', 'revised', 'dropped')",
            name=op.f("ck_budgets_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('issued', 'closed') OR issued_by IS NOT NULL", name=op.f("ck_budgets_issued_by_somebody")
        ),
        sa.CheckConstraint("year_on_actual IN ('ignore', 'warn', 'stop')", name=op.f("ck_budgets_year_on_actual")),
        sa.CheckConstraint("year_on_order IN ('ignore', 'warn', 'stop')", name=op.f("ck_budgets_year_on_order")),
        sa.CheckConstraint("year_on_request IN ('ignore', 'warn', 'stop')", name=op.f("ck_budgets_year_on_request")),
        sa.CheckConstraint("(revision = 0) = (revision_of IS NULL)", name=op.f("ck_budgets_revision")),
        sa.CheckConstraint("annual_fen >= 0", name=op.f("ck_budgets_annual")),
        sa.CheckConstraint(
            "consolidated_by IS NULL OR consolidated_by <> made_by", name=op.f("ck_budgets_maker_never_consolidates")
        ),
        sa.CheckConstraint("issued_by IS NULL OR issued_by <> made_by", name=op.f("ck_budgets_maker_never_issues")),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> made_by", name=op.f("ck_budgets_maker_never_reviews")
        ),
        sa.ForeignKeyConstraint(["consolidated_by"], ["users.id"], name=op.f("fk_budgets_consolidated_by")),
        sa.ForeignKeyConstraint(["issued_by"], ["users.id"], name=op.f("fk_budgets_issued_by")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_budgets_made_by")),
        sa.ForeignKeyConstraint(["pot_id"], ["budget_pots.id"], name=op.f("fk_budgets_pot_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["users.id"], name=op.f("fk_budgets_reviewed_by")),
        sa.ForeignKeyConstraint(["revision_of"], ["budgets.id"], name=op.f("fk_budgets_revision_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint("number", name=op.f("uq_budgets_number")),
        sa.UniqueConstraint("revision_of", name=op.f("uq_budgets_revision_of")),
    )
    op.create_index(
        "uq_budgets_one_at_work",
        "budgets",
        ["pot_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'unit_reviewed', 'consolidated', 'committee_approved')"),
    )
    op.create_index(
        "uq_budgets_one_in_force",
        "budgets",
        ["pot_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('issued', 'closed')"),
    )
    op.create_table(
        "cash_advances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("guarantor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_capitals", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("guarantor_called_on", sa.Date(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(paid_on IS NOT NULL) = (state IN ('paid', 'settled'))", name=op.f("ck_cash_advances_paid")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'paid', 'settled', 'rejected')", name=op.f("ck_cash_advances_state")
        ),
        sa.CheckConstraint(
            "(paid_on IS NOT NULL) = (paid_by IS NOT NULL)", name=op.f("ck_cash_advances_paid_by_somebody")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_cash_advances_amount")),
        sa.CheckConstraint("guarantor_id <> person_id", name=op.f("ck_cash_advances_guarantor_is_another")),
        sa.CheckConstraint(
            "paid_by IS NULL OR paid_by <> person_id", name=op.f("ck_cash_advances_receiver_never_pays")
        ),
        sa.ForeignKeyConstraint(["guarantor_id"], ["users.id"], name=op.f("fk_cash_advances_guarantor_id")),
        sa.ForeignKeyConstraint(["paid_by"], ["users.id"], name=op.f("fk_cash_advances_paid_by")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_cash_advances_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["expense_requests.id"], name=op.f("fk_cash_advances_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_advances")),
        sa.UniqueConstraint("number", name=op.f("uq_cash_advances_number")),
    )
    op.create_index("ix_cash_advances_person", "cash_advances", ["person_id", "state"], unique=False)
    op.create_index("ix_cash_advances_request", "cash_advances", ["request_id"], unique=False)
    op.create_table(
        "conferences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("venue", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("target_count", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("publicity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("confirmation_told_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'summarised' OR summary <> ''", name=op.f("ck_conferences_summarised_with_a_summary")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'plan_approved', 'preparing', 'ready', 'live', 'closing', 'settled', 'summarised', 'called_off')",
            name=op.f("ck_conferences_state"),
        ),
        sa.CheckConstraint("target_count > 0 AND seats > 0", name=op.f("ck_conferences_people")),
        sa.ForeignKeyConstraint(["document_id"], ["controlled_documents.id"], name=op.f("fk_conferences_document_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_conferences_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferences")),
        sa.UniqueConstraint("number", name=op.f("uq_conferences_number")),
    )
    op.create_table(
        "expense_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("department_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("post_approval", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("dept_by", sa.Uuid(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(paid_on IS NOT NULL) = (state = 'paid')", name=op.f("ck_expense_claims_paid")),
        sa.CheckConstraint(
            "NOT post_approval OR reason <> ''", name=op.f("ck_expense_claims_without_request_has_a_reason")
        ),
        sa.CheckConstraint("state <> 'paid' OR paid_by IS NOT NULL", name=op.f("ck_expense_claims_paid_by_somebody")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'dept_approved', 'finance_checked', 'approved', 'paid', 'rejected', 'cancelled')",
            name=op.f("ck_expense_claims_state"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_expense_claims_amount")),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> person_id", name=op.f("ck_expense_claims_maker_never_checks")
        ),
        sa.CheckConstraint(
            "dept_by IS NULL OR dept_by <> person_id", name=op.f("ck_expense_claims_maker_never_approves")
        ),
        sa.CheckConstraint(
            "paid_by IS NULL OR (paid_by <> person_id AND paid_by <> checked_by)",
            name=op.f("ck_expense_claims_three_hands"),
        ),
        sa.CheckConstraint(
            "post_approval = (request_id IS NULL)", name=op.f("ck_expense_claims_without_request_is_flagged")
        ),
        sa.ForeignKeyConstraint(
            ["account_code"], ["expense_accounts.code"], name=op.f("fk_expense_claims_account_code")
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_expense_claims_checked_by")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_expense_claims_customer_id")),
        sa.ForeignKeyConstraint(
            ["department_code"], ["departments.code"], name=op.f("fk_expense_claims_department_code")
        ),
        sa.ForeignKeyConstraint(["dept_by"], ["users.id"], name=op.f("fk_expense_claims_dept_by")),
        sa.ForeignKeyConstraint(["paid_by"], ["users.id"], name=op.f("fk_expense_claims_paid_by")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_expense_claims_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["expense_requests.id"], name=op.f("fk_expense_claims_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_expense_claims_number")),
    )
    op.create_index("ix_expense_claims_person", "expense_claims", ["person_id", "state"], unique=False)
    op.create_index("ix_expense_claims_request", "expense_claims", ["request_id"], unique=False)
    op.create_table(
        "marketing_plan_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=True),
        sa.Column("target_fen", sa.BigInteger(), nullable=False),
        sa.Column("target_units", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('month', 'quarter')", name=op.f("ck_marketing_plan_lines_kind")),
        sa.CheckConstraint(
            "metric = 'sales' OR (series = '' AND target_units = 0)",
            name=op.f("ck_marketing_plan_lines_series_of_sales"),
        ),
        sa.CheckConstraint(
            "metric IN ('sales', 'receipts_in', 'expenses')", name=op.f("ck_marketing_plan_lines_metric")
        ),
        sa.CheckConstraint(
            "period BETWEEN 1 AND CASE kind WHEN 'month' THEN 12 ELSE 4 END",
            name=op.f("ck_marketing_plan_lines_period"),
        ),
        sa.CheckConstraint("target_fen >= 0 AND target_units >= 0", name=op.f("ck_marketing_plan_lines_target")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["marketing_plans.id"], name=op.f("fk_marketing_plan_lines_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_marketing_plan_lines_rep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_plan_lines")),
    )
    op.create_index(
        "uq_marketing_plan_lines_one_each",
        "marketing_plan_lines",
        ["plan_id", "metric", "period", "region", "series", "rep_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "marketing_plan_years",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("target_fen", sa.BigInteger(), nullable=False),
        sa.Column("target_units", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "metric IN ('sales', 'receipts_in', 'expenses')", name=op.f("ck_marketing_plan_years_metric")
        ),
        sa.CheckConstraint("target_fen >= 0 AND target_units >= 0", name=op.f("ck_marketing_plan_years_target")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["marketing_plans.id"], name=op.f("fk_marketing_plan_years_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "metric", name=op.f("pk_marketing_plan_years")),
    )
    op.create_table(
        "budget_actuals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("region", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("over_fen", sa.BigInteger(), nullable=False),
        sa.Column("excepted_by", sa.Uuid(), nullable=True),
        sa.Column("exception_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(excepted_by IS NULL) = (exception_reason = '')", name=op.f("ck_budget_actuals_exception_has_a_reason")
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_budget_actuals_amount")),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_budget_actuals_month")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_budget_actuals_customer_id")),
        sa.ForeignKeyConstraint(["excepted_by"], ["users.id"], name=op.f("fk_budget_actuals_excepted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_budget_actuals_person_id")),
        sa.ForeignKeyConstraint(["pot_id"], ["budget_pots.id"], name=op.f("fk_budget_actuals_pot_id")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["budget_reservations.id"], name=op.f("fk_budget_actuals_reservation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_actuals")),
    )
    op.create_index("ix_budget_actuals_day", "budget_actuals", ["on_day"], unique=False)
    op.create_index("ix_budget_actuals_pot", "budget_actuals", ["pot_id", "month"], unique=False)
    op.create_index("ix_budget_actuals_reservation", "budget_actuals", ["reservation_id"], unique=False)
    op.create_table(
        "budget_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_budget_entries_amount")),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_budget_entries_month")),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_budget_entries_budget_id")),
        sa.ForeignKeyConstraint(["change_id"], ["budget_changes.id"], name=op.f("fk_budget_entries_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_entries")),
    )
    op.create_index("ix_budget_entries_budget", "budget_entries", ["budget_id", "month"], unique=False)
    op.create_table(
        "budget_months",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_budget_months_amount")),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_budget_months_month")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name=op.f("fk_budget_months_budget_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("budget_id", "month", name=op.f("pk_budget_months")),
    )
    op.create_table(
        "budget_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("threshold_percent", sa.Integer(), nullable=False),
        sa.Column("budget_fen", sa.BigInteger(), nullable=False),
        sa.Column("used_fen", sa.BigInteger(), nullable=False),
        sa.Column("warned_on", sa.Date(), nullable=False),
        sa.CheckConstraint("scope IN ('year', 'month')", name=op.f("ck_budget_warnings_scope")),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], name=op.f("fk_budget_warnings_budget_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_warnings")),
        sa.UniqueConstraint("budget_id", "scope", "month", name=op.f("uq_budget_warnings_budget_id_scope_month")),
    )
    op.create_table(
        "cash_advance_settlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("by_claim", sa.Boolean(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_cash_advance_settlements_amount")),
        sa.CheckConstraint(
            "by_claim = (claim_id IS NOT NULL) OR NOT by_claim", name=op.f("ck_cash_advance_settlements_claim")
        ),
        sa.ForeignKeyConstraint(
            ["advance_id"], ["cash_advances.id"], name=op.f("fk_cash_advance_settlements_advance_id")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["expense_claims.id"], name=op.f("fk_cash_advance_settlements_claim_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_cash_advance_settlements_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_advance_settlements")),
        sa.UniqueConstraint(
            "advance_id", "claim_id", "by_claim", name=op.f("uq_cash_advance_settlements_advance_id_claim_id_by_claim")
        ),
    )
    op.create_index("ix_cash_advance_settlements_advance", "cash_advance_settlements", ["advance_id"], unique=False)
    op.create_index("ix_cash_advance_settlements_claim", "cash_advance_settlements", ["claim_id"], unique=False)
    op.create_table(
        "conference_costs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("planned_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "category IN ('conference_services', 'conference_publicity')", name=op.f("ck_conference_costs_category")
        ),
        sa.CheckConstraint("planned_fen >= 0", name=op.f("ck_conference_costs_planned")),
        sa.ForeignKeyConstraint(["conference_id"], ["conferences.id"], name=op.f("fk_conference_costs_conference_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference_costs")),
        sa.UniqueConstraint(
            "conference_id", "category", "item", name=op.f("uq_conference_costs_conference_id_category_item")
        ),
    )
    op.create_table(
        "conference_invitees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("organisation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("rep_id", sa.Uuid(), nullable=True),
        sa.Column("intent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proposals", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("leads_signing", sa.Boolean(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("lodging", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("transport", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(signed_by IS NOT NULL) = (state = 'signed_on_spot')", name=op.f("ck_conference_invitees_signed_by")
        ),
        sa.CheckConstraint(
            "kind = 'distributor' OR NOT leads_signing", name=op.f("ck_conference_invitees_distributors_sign")
        ),
        sa.CheckConstraint(
            "kind IN ('distributor', 'expert', 'media', 'government')", name=op.f("ck_conference_invitees_kind")
        ),
        sa.CheckConstraint(
            "state <> 'signed_on_spot' OR (kind = 'distributor' AND customer_id IS NOT NULL AND signed_on IS NOT NULL)",
            name=op.f("ck_conference_invitees_signed_is_a_customer"),
        ),
        sa.CheckConstraint(
            "state IN ('candidate', 'contacted', 'negotiated', 'invited', 'confirmed', 'declined', 'attended', 'no_show', 'signed_on_spot', 'watching', 'lost')",
            name=op.f("ck_conference_invitees_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conferences.id"], name=op.f("fk_conference_invitees_conference_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_conference_invitees_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_conference_invitees_customer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_conference_invitees_made_by")),
        sa.ForeignKeyConstraint(["rep_id"], ["users.id"], name=op.f("fk_conference_invitees_rep_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["users.id"], name=op.f("fk_conference_invitees_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference_invitees")),
        sa.UniqueConstraint(
            "conference_id", "customer_id", name=op.f("uq_conference_invitees_conference_id_customer_id")
        ),
    )
    op.create_index(op.f("ix_conference_invitees_customer_id"), "conference_invitees", ["customer_id"], unique=False)
    op.create_index("ix_conference_invitees_state", "conference_invitees", ["conference_id", "state"], unique=False)
    op.create_table(
        "conference_items",
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "amount IN ('fixed', 'as_needed', 'to_set', 'none_said')", name=op.f("ck_conference_items_amount")
        ),
        sa.CheckConstraint(
            "ready_on IS NULL OR amount NOT IN ('fixed', 'to_set') OR quantity IS NOT NULL",
            name=op.f("ck_conference_items_counted"),
        ),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name=op.f("ck_conference_items_quantity")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conferences.id"], name=op.f("fk_conference_items_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["responsible_id"], ["users.id"], name=op.f("fk_conference_items_responsible_id")),
        sa.PrimaryKeyConstraint("conference_id", "seq", name=op.f("pk_conference_items")),
    )
    op.create_table(
        "conference_lines",
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("duty", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_task", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "duty IN ('GM', 'CMO', 'SM', 'REP', 'SUP', 'CADM', 'MKT', 'FIN', 'CASH', 'CRED', 'WH', 'QC', 'LEGAL', 'PROD', 'HRADM', 'TSUP')",
            name=op.f("ck_conference_lines_duty"),
        ),
        sa.CheckConstraint(
            "part IN ('purpose_of_conference', 'host', 'media_support', 'guests', 'plan_task', 'material_task', 'invite_task', 'staff_task', 'colour_scheme', 'room_need', 'reception_task', 'talk_point', 'belief', 'signing_task', 'after_task')",
            name=op.f("ck_conference_lines_part"),
        ),
        sa.CheckConstraint(
            "(done_on IS NULL) = (done_by IS NULL) AND (done_on IS NULL OR is_task)",
            name=op.f("ck_conference_lines_done"),
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conferences.id"], name=op.f("fk_conference_lines_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_conference_lines_done_by")),
        sa.PrimaryKeyConstraint("conference_id", "part", "seq", name=op.f("pk_conference_lines")),
    )
    op.create_table(
        "conference_roles",
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("duty", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("duties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "duty IN ('GM', 'CMO', 'SM', 'REP', 'SUP', 'CADM', 'MKT', 'FIN', 'CASH', 'CRED', 'WH', 'QC', 'LEGAL', 'PROD', 'HRADM', 'TSUP')",
            name=op.f("ck_conference_roles_duty"),
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conferences.id"], name=op.f("fk_conference_roles_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_conference_roles_person_id")),
        sa.PrimaryKeyConstraint("conference_id", "seq", name=op.f("pk_conference_roles")),
    )
    op.create_table(
        "conference_slots",
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("speaker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("starts >= 0 AND starts < ends AND ends <= 1440", name=op.f("ck_conference_slots_times")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conferences.id"], name=op.f("fk_conference_slots_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", "starts", name=op.f("pk_conference_slots")),
    )
    op.create_table(
        "conference_zone_tasks",
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_cm", sa.Integer(), nullable=True),
        sa.Column("to_cm", sa.Integer(), nullable=True),
        sa.Column("measured_cm", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "zone IN ('rostrum', 'distributor_zone', 'entrance')", name=op.f("ck_conference_zone_tasks_zone")
        ),
        sa.CheckConstraint(
            "(from_cm IS NULL) = (to_cm IS NULL) AND (from_cm IS NULL OR from_cm <= to_cm)",
            name=op.f("ck_conference_zone_tasks_cm"),
        ),
        sa.CheckConstraint(
            "done_on IS NULL OR from_cm IS NULL OR measured_cm IS NOT NULL",
            name=op.f("ck_conference_zone_tasks_measured"),
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferences.id"],
            name=op.f("fk_conference_zone_tasks_conference_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conference_id", "seq", name=op.f("pk_conference_zone_tasks")),
    )
    op.create_table(
        "control_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("reached_fen", sa.BigInteger(), nullable=False),
        sa.Column("reached_units", sa.Integer(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cause_code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("measure", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("action_due_on", sa.Date(), nullable=True),
        sa.Column("action_told_on", sa.Date(), nullable=True),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(cause_code IS NULL) = (cause = '')", name=op.f("ck_control_lines_cause")),
        sa.CheckConstraint(
            "(owner_id IS NULL) = (action_due_on IS NULL) AND (owner_id IS NULL) = (measure = '')",
            name=op.f("ck_control_lines_action"),
        ),
        sa.CheckConstraint(
            "cause_code IS NULL OR cause_code IN ('price', 'volume', 'market_shrinks', 'competitor', 'supply', 'people', 'customer_lost', 'other_cause')",
            name=op.f("ck_control_lines_cause_code"),
        ),
        sa.CheckConstraint("level IN ('on_track', 'on_watch', 'off_track')", name=op.f("ck_control_lines_level")),
        sa.CheckConstraint(
            "state <> 'closed' OR level <> 'off_track' OR (cause_code IS NOT NULL AND owner_id IS NOT NULL AND verified_by IS NOT NULL)",
            name=op.f("ck_control_lines_off_track_closed_with_cause_and_verified_action"),
        ),
        sa.CheckConstraint(
            "state IN ('on_track', 'on_watch', 'off_track', 'gap_explained', 'action_open', 'action_done', 'verified', 'closed')",
            name=op.f("ck_control_lines_state"),
        ),
        sa.CheckConstraint(
            "verified_by IS NULL OR verified_by <> owner_id", name=op.f("ck_control_lines_owner_never_verifies")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_control_lines_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["marketing_plans.id"], name=op.f("fk_control_lines_plan_id")),
        sa.ForeignKeyConstraint(["target_id"], ["marketing_plan_lines.id"], name=op.f("fk_control_lines_target_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_control_lines_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_lines")),
        sa.UniqueConstraint("target_id", name=op.f("uq_control_lines_target_id")),
    )
    op.create_index(op.f("ix_control_lines_plan_id"), "control_lines", ["plan_id"], unique=False)
    op.create_table(
        "expense_claim_lines",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invoice_no", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invoice_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "invoice_type IN ('special_vat', 'ordinary_vat', 'ticket', 'other_receipt')",
            name=op.f("ck_expense_claim_lines_invoice_type"),
        ),
        sa.CheckConstraint("issuer <> '' AND invoice_no <> ''", name=op.f("ck_expense_claim_lines_invoice")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_expense_claim_lines_amount")),
        sa.CheckConstraint("tax_fen BETWEEN 0 AND amount_fen", name=op.f("ck_expense_claim_lines_tax")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["expense_claims.id"], name=op.f("fk_expense_claim_lines_claim_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("claim_id", "line_no", name=op.f("pk_expense_claim_lines")),
    )
    op.create_index(
        "uq_expense_claim_lines_invoice_once",
        "expense_claim_lines",
        ["issuer", "invoice_no"],
        unique=True,
        postgresql_where=sa.text("live"),
    )


def _generated_down() -> None:
    op.drop_index(
        "uq_expense_claim_lines_invoice_once", table_name="expense_claim_lines", postgresql_where=sa.text("live")
    )
    op.drop_table("expense_claim_lines")
    op.drop_index(op.f("ix_control_lines_plan_id"), table_name="control_lines")
    op.drop_table("control_lines")
    op.drop_table("conference_zone_tasks")
    op.drop_table("conference_slots")
    op.drop_table("conference_roles")
    op.drop_table("conference_lines")
    op.drop_table("conference_items")
    op.drop_index("ix_conference_invitees_state", table_name="conference_invitees")
    op.drop_index(op.f("ix_conference_invitees_customer_id"), table_name="conference_invitees")
    op.drop_table("conference_invitees")
    op.drop_table("conference_costs")
    op.drop_index("ix_cash_advance_settlements_claim", table_name="cash_advance_settlements")
    op.drop_index("ix_cash_advance_settlements_advance", table_name="cash_advance_settlements")
    op.drop_table("cash_advance_settlements")
    op.drop_table("budget_warnings")
    op.drop_table("budget_months")
    op.drop_index("ix_budget_entries_budget", table_name="budget_entries")
    op.drop_table("budget_entries")
    op.drop_index("ix_budget_actuals_reservation", table_name="budget_actuals")
    op.drop_index("ix_budget_actuals_pot", table_name="budget_actuals")
    op.drop_index("ix_budget_actuals_day", table_name="budget_actuals")
    op.drop_table("budget_actuals")
    op.drop_table("marketing_plan_years")
    op.drop_index(
        "uq_marketing_plan_lines_one_each", table_name="marketing_plan_lines", postgresql_nulls_not_distinct=True
    )
    op.drop_table("marketing_plan_lines")
    op.drop_index("ix_expense_claims_request", table_name="expense_claims")
    op.drop_index("ix_expense_claims_person", table_name="expense_claims")
    op.drop_table("expense_claims")
    op.drop_table("conferences")
    op.drop_index("ix_cash_advances_request", table_name="cash_advances")
    op.drop_index("ix_cash_advances_person", table_name="cash_advances")
    op.drop_table("cash_advances")
    op.drop_index(
        "uq_budgets_one_in_force", table_name="budgets", postgresql_where=sa.text("state IN ('issued', 'closed')")
    )
    op.drop_index(
        "uq_budgets_one_at_work",
        table_name="budgets",
        postgresql_where=sa.text("state IN ('draft', 'unit_reviewed', 'consolidated', 'committee_approved')"),
    )
    op.drop_table("budgets")
    op.drop_index("ix_budget_reservations_pot", table_name="budget_reservations")
    op.drop_table("budget_reservations")
    op.drop_index("ix_budget_changes_to", table_name="budget_changes")
    op.drop_index("ix_budget_changes_from", table_name="budget_changes")
    op.drop_table("budget_changes")
    op.drop_index(
        "uq_marketing_plans_in_effect",
        table_name="marketing_plans",
        postgresql_where=sa.text("state = 'plan_in_effect'"),
    )
    op.drop_table("marketing_plans")
    op.drop_index(op.f("ix_expense_requests_supplement_of"), table_name="expense_requests")
    op.drop_index("ix_expense_requests_event", table_name="expense_requests")
    op.drop_index(op.f("ix_expense_requests_customer_id"), table_name="expense_requests")
    op.drop_index("ix_expense_requests_applicant", table_name="expense_requests")
    op.drop_table("expense_requests")
    op.drop_table("budget_pots")
    op.drop_table("market_figures")
    op.drop_table("expense_accounts")
    op.drop_table("departments")


# By hand
def upgrade() -> None:
    _generated_up()
    for statement in control_guards.STATEMENTS:
        op.execute(statement)
    for statement in seed_statements():
        op.execute(statement)


def downgrade() -> None:
    for statement in control_guards.REMOVE:
        op.execute(statement)
    _generated_down()
