"""PURE: the life of a controlled document.

draft → checked → in_force → draft of the next revision …; a document in force stays readable while its next
revision is written, because each revision is logged with what it said and who signed it.
"""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words


class DocumentState(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    IN_FORCE = "in_force"
    OBSOLETE = "obsolete"


_D, _R = DocumentState, OfficeRole
_CHECKERS = roles(_R.SM, _R.CADM, _R.FIN, _R.MKT, _R.LEGAL, _R.HRADM)
_APPROVERS = roles(_R.CMO, _R.GM)
_MAKERS = frozenset(OfficeRole)

DOCUMENT: Machine[DocumentState] = Machine(
    "document",
    DocumentState,
    _D.DRAFT,
    (
        Move("edit", (_D.DRAFT,), _D.DRAFT, _MAKERS),
        Move("check", (_D.DRAFT,), _D.CHECKED, _CHECKERS),
        Move("send_back", (_D.CHECKED,), _D.DRAFT, _CHECKERS | _APPROVERS),
        Move("approve", (_D.CHECKED,), _D.IN_FORCE, _APPROVERS),
        Move("revise", (_D.IN_FORCE,), _D.DRAFT, _MAKERS),
        Move("retire", (_D.IN_FORCE,), _D.OBSOLETE, _APPROVERS),
    ),
)

words(
    document=("受控文件", "controlled document"),
    draft=("草稿", "draft"),
    checked=("已审核", "checked"),
    in_force=("受控(有效)", "in force"),
    obsolete=("作废", "obsolete"),
    edit=("编辑", "edit"),
    check=("审核", "check"),
    send_back=("退回", "send back"),
    approve=("批准", "approve"),
    revise=("修订", "revise"),
    retire=("废止", "retire"),
)
