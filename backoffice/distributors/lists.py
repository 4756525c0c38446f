"""The lists of M12; reports are filters of them (visits due, late plans, open complaints, the grade table)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.distributors import schemas
from backoffice.distributors.models import (
    ChannelPlan,
    Complaint,
    Distributor,
    DistributorPaper,
    Evaluation,
    FileChange,
    FileLoan,
    GradeLine,
    GradeReview,
    GradeStandard,
    KeyAccount,
    RiskNotice,
    Visit,
)
from backoffice.distributors.rules import DistributorPolicy
from backoffice.kit.words import words
from backoffice.listing.query import Listing
from backoffice.policies.models import OfficeSetting
from backoffice.policies.service import in_query
from callcenter.people.models import User

words(
    distributors=("分销商名录", "distributors"),
    file_changes=("档案变更登记", "changes of files"),
    file_loans=("档案借阅登记", "loans of files"),
    distributor_visits=("拜访记录", "visits"),
    complaints=("投诉登记", "complaints"),
    channel_plans=("销售渠道规划", "channel plans"),
    grade_standards=("分级标准", "grading standards"),
    grade_reviews=("年度等级评定", "yearly gradings"),
    grade_table=("等级表", "grade table"),
    key_accounts=("终端大客户", "end key accounts"),
    risk_notices=("应收风险通报", "notices of credit risk"),
    evaluations=("业务员评价", "evaluations"),
    file_number=("档案编号", "file number"),
    filed_on=("归档日期", "filed on"),
    city=("城市", "city"),
    grade=("等级", "grade"),
    cash_only=("现款交易", "cash only"),
    credit_limit_fen=("信用额度", "credit limit"),
    rep=("业务员", "representative"),
    last_visit_on=("上次拜访", "last visit"),
    next_visit_on=("应拜访日", "next visit due"),
    visit_late=("拜访逾期", "visit late"),
    completeness=("档案完整度%", "file complete %"),
    open_complaints=("未结投诉", "open complaints"),
    visited_on=("拜访日期", "visited on"),
    visitor=("拜访人", "visitor"),
    changes=("变更情况", "changes"),
    importance=("重要程度", "importance"),
    solution=("处理结果", "solution"),
    solved_on=("处理日期", "solved on"),
    year=("年度", "year"),
    from_year=("适用年度起", "from year"),
    reading=("读法", "reading"),
    aaa=("AAA界限", "border of AAA"),
    aa=("AA界限", "border of AA"),
    standard_number=("标准版本", "version of the standard"),
    graded=("评定户数", "graded"),
    changed=("变动户数", "changed"),
    sales_fen=("销售额", "sales"),
    share_basis_points=("占比", "share"),
    cumulative_basis_points=("累计占比", "cumulative share"),
    old_grade=("原等级", "old grade"),
    computed=("计算等级", "computed grade"),
    month=("月份", "month"),
    score=("评分", "score"),
    advice=("改善建议", "advice"),
    dealer=("经销商", "dealer"),
    agent=("代理商", "agent"),
    retailer=("零售商", "retailer"),
    franchisee=("加盟商", "franchisee"),
)
_P = DistributorPolicy()


def _cols(model: Any, row: Any) -> list[Any]:
    return [col(getattr(model, name)) for name in row.model_fields if name in model.model_fields]


def _named(query: Select[Any], distributor_id: Any) -> Select[Any]:
    return (
        query.add_columns(col(CustomerAccount.legal_name).label("customer"))
        .join(Distributor, col(Distributor.id) == distributor_id)
        .join(CustomerAccount, col(CustomerAccount.id) == col(Distributor.customer_id))
    )


def _setting(name: str) -> Any:
    return in_query(DistributorPolicy, name)


def _distributors(today: date) -> Select[Any]:
    here = col(Distributor.id)
    last = select(func.max(col(Visit.visited_on))).where(col(Visit.distributor_id) == here).scalar_subquery()
    days = case(
        (col(CustomerAccount.grade) == "AAA", _setting("visit_days_aaa")),
        (col(CustomerAccount.grade) == "AA", _setting("visit_days_aa")),
        else_=_setting("visit_days"),
    )
    due = case((col(Distributor.state) == "active", func.coalesce(last, col(Distributor.filed_on)) + days))
    stored = select(OfficeSetting.value).where(
        col(OfficeSetting.room) == _P.room, col(OfficeSetting.name) == "required_papers"
    )
    required = select(
        func.jsonb_array_elements_text(
            func.coalesce(stored.scalar_subquery(), func.to_jsonb(cast(list(_P.required_papers), ARRAY(String))))
        ).label("name")
    ).subquery("required")
    held = select(col(DistributorPaper.name)).where(col(DistributorPaper.distributor_id) == here)
    share = select(
        cast(
            func.coalesce(
                func.count().filter(required.c.name.in_(held)) * 100 / func.nullif(func.count(), 0), literal(100)
            ),
            Integer,
        )
    ).select_from(required)
    complaints = select(func.count()).where(
        col(Complaint.distributor_id) == here, col(Complaint.state).not_in(["solved", "closed"])
    )
    return (
        select(
            *_cols(Distributor, schemas.DistributorRow),
            col(CustomerAccount.legal_name).label("customer"),
            *(col(getattr(CustomerAccount, n)) for n in ("region", "grade", "cash_only", "credit_limit_fen")),
            col(User.name).label("rep"),
            last.label("last_visit_on"),
            cast(due, Date).label("next_visit_on"),
            func.coalesce(cast(due, Date) < today, False).label("visit_late"),
            share.scalar_subquery().label("completeness"),
            complaints.scalar_subquery().label("open_complaints"),
        )
        .join(CustomerAccount, col(CustomerAccount.id) == col(Distributor.customer_id))
        .outerjoin(User, col(User.id) == col(CustomerAccount.rep_id))
    )


def _changes(_today: date) -> Select[Any]:
    query = _named(select(*_cols(FileChange, schemas.ChangeRow)), col(FileChange.distributor_id))
    return query.add_columns(col(User.name).label("maker")).join(User, col(User.id) == col(FileChange.made_by))


def _loans(today: date) -> Select[Any]:
    late = and_(col(FileLoan.state) == "lent", col(FileLoan.due_on) < today)
    query = select(*_cols(FileLoan, schemas.FileLoanRow), func.coalesce(late, False).label("overdue"))
    return _named(query, col(FileLoan.distributor_id))


def _visits(_today: date) -> Select[Any]:
    query = _named(select(*_cols(Visit, schemas.VisitRow)), col(Visit.distributor_id))
    return query.add_columns(col(User.name).label("visitor")).join(User, col(User.id) == col(Visit.visited_by))


def _complaints(today: date) -> Select[Any]:
    late = func.coalesce(col(Complaint.solved_on), literal(today, Date)) > col(Complaint.due_on)
    query = select(*_cols(Complaint, schemas.ComplaintRow), late.label("late"))
    return _named(query, col(Complaint.distributor_id))


def _plans(today: date) -> Select[Any]:
    late = func.greatest(func.coalesce(col(ChannelPlan.issued_on), literal(today, Date)) - col(ChannelPlan.due_on), 0)
    level = case((col(ChannelPlan.region) == "", "company"), else_="region")
    return select(*_cols(ChannelPlan, schemas.PlanRow), level.label("level"), late.label("late_days"))


def _reviews(today: date) -> Select[Any]:
    of = col(GradeLine.review_id) == col(GradeReview.id)
    graded = select(func.count()).where(of).scalar_subquery()
    moved = or_(col(GradeLine.old_grade).is_(None), col(GradeLine.old_grade) != col(GradeLine.grade))
    changed = select(func.count()).where(of, moved).scalar_subquery()
    done = func.coalesce(col(GradeReview.applied_on), literal(today, Date))
    return select(
        *_cols(GradeReview, schemas.ReviewRow),
        col(GradeStandard.number).label("standard_number"),
        func.greatest(done - col(GradeReview.due_on), 0).label("late_days"),
        graded.label("graded"),
        changed.label("changed"),
    ).join(GradeStandard, col(GradeStandard.id) == col(GradeReview.standard_id))


def _grades(_today: date) -> Select[Any]:
    whole = func.nullif(
        func.sum(func.greatest(col(GradeLine.sales_fen), 0)).over(partition_by=col(GradeLine.review_id)), 0
    )

    def part(column: Any) -> Any:
        return cast(func.coalesce(func.floor(func.greatest(column, 0) * 10_000 / whole), 0), BigInteger)

    query = select(
        *_cols(GradeLine, schemas.GradeRow),
        col(GradeReview.year).label("year"),
        part(col(GradeLine.sales_fen)).label("share_basis_points"),
        part(col(GradeLine.cumulative_fen)).label("cumulative_basis_points"),
    ).join(GradeReview, col(GradeReview.id) == col(GradeLine.review_id))
    return _named(query, col(GradeLine.distributor_id)).add_columns(col(CustomerAccount.region).label("region"))


def _key_accounts(_today: date) -> Select[Any]:
    return select(*_cols(KeyAccount, schemas.KeyAccountRow), col(CustomerAccount.legal_name).label("customer")).join(
        CustomerAccount, col(CustomerAccount.id) == col(KeyAccount.customer_id)
    )


def _risks(_today: date) -> Select[Any]:
    return _named(select(*_cols(RiskNotice, schemas.RiskRow)), col(RiskNotice.distributor_id))


def _evaluations(_today: date) -> Select[Any]:
    return select(*_cols(Evaluation, schemas.EvaluationRow), col(User.name).label("rep")).join(
        User, col(User.id) == col(Evaluation.rep_id)
    )


DISTRIBUTORS = Listing(
    name="distributors",
    row=schemas.DistributorRow,
    source=_distributors,
    search=("file_number", "customer", "city", "region"),
    filters=("state", "kind", "region", "city", "grade", "cash_only", "visit_late", "customer_id"),
    on="next_visit_on",
    sort="customer",
)
CHANGES = Listing(
    name="file_changes",
    row=schemas.ChangeRow,
    source=_changes,
    search=("customer", "what"),
    filters=("state", "credit", "distributor_id"),
    on="reported_on",
    sort="-reported_on",
)
LOANS = Listing(
    name="file_loans",
    row=schemas.FileLoanRow,
    source=_loans,
    search=("customer", "unit", "purpose"),
    filters=("state", "overdue", "distributor_id"),
    on="due_on",
    sort="-lent_on",
)
VISITS = Listing(
    name="distributor_visits",
    row=schemas.VisitRow,
    source=_visits,
    search=("customer", "stock", "orders", "changes"),
    filters=("distributor_id",),
    on="visited_on",
    sort="-visited_on",
)
COMPLAINTS = Listing(
    name="complaints",
    row=schemas.ComplaintRow,
    source=_complaints,
    search=("number", "customer", "what"),
    filters=("state", "kind", "importance", "late", "distributor_id"),
    on="received_on",
)
PLANS = Listing(
    name="channel_plans",
    row=schemas.PlanRow,
    source=_plans,
    search=("region",),
    filters=("state", "year", "level", "region"),
    on="due_on",
    sort="-due_on",
)
STANDARDS = Listing(
    name="grade_standards",
    row=schemas.StandardRow,
    source=lambda _today: select(*_cols(GradeStandard, schemas.StandardRow)),
    search=("reason",),
    filters=("state", "from_year"),
)
REVIEWS = Listing(
    name="grade_reviews", row=schemas.ReviewRow, source=_reviews, filters=("state", "year"), on="due_on", sort="-year"
)
GRADES = Listing(
    name="grade_table",
    row=schemas.GradeRow,
    source=_grades,
    search=("customer", "region"),
    filters=("review_id", "year", "grade", "old_grade", "region", "distributor_id"),
    sort="-sales_fen",
    totals=("sales_fen",),
)
KEY_ACCOUNTS = Listing(
    name="key_accounts",
    row=schemas.KeyAccountRow,
    source=_key_accounts,
    search=("number", "customer"),
    filters=("state", "customer_id"),
    on="made_on",
)
RISKS = Listing(
    name="risk_notices",
    row=schemas.RiskRow,
    source=_risks,
    search=("customer", "what"),
    filters=("state", "distributor_id"),
    on="reported_on",
    sort="-reported_on",
)
EVALUATIONS = Listing(
    name="evaluations",
    row=schemas.EvaluationRow,
    source=_evaluations,
    search=("rep",),
    filters=("rep_id",),
    on="month",
    sort="-month",
)
LISTINGS = (
    DISTRIBUTORS,
    CHANGES,
    LOANS,
    VISITS,
    COMPLAINTS,
    PLANS,
    STANDARDS,
    REVIEWS,
    GRADES,
    KEY_ACCOUNTS,
    RISKS,
    EVALUATIONS,
)
