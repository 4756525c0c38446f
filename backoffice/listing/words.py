"""PURE: headings of the lists' columns and titles of their spreadsheets."""

from __future__ import annotations

from backoffice.kit.words import words

words(
    yes=("是", "yes"),
    no=("否", "no"),
    approvals=("审批单", "approvals"),
    documents=("受控文件清单", "controlled documents"),
    number=("编号", "number"),
    title=("标题", "title"),
    kind=("类型", "kind"),
    state=("状态", "state"),
    amount_fen=("金额", "amount"),
    step=("步骤", "step"),
    maker=("制单人", "maker"),
    made_at=("制单时间", "made at"),
    ended_at=("结束时间", "ended at"),
    revision=("版本", "revision"),
    executing_department=("执行部门", "executing department"),
    supervising_department=("监督部门", "supervising department"),
    verifying_department=("考证部门", "verifying department"),
    made_on=("编制日期", "made on"),
    checked_on=("审核日期", "checked on"),
    approved_on=("批准日期", "approved on"),
)
