"""Papers: how a document of the back office looks on paper (PDF) and in a spreadsheet, in Chinese and English.

A room says once what stands on its paper and gets both formats and both languages:

    from backoffice.printing.paper import Both, Code, Control, Fields, Money, Paper, Signatures, Table, Text
    from backoffice.printing.http import add_print

    async def paper(session: Session, today: date, actor: Actor, budget_id: UUID) -> Paper:
        row = await acts.get(session, Budget, budget_id, "budget")
        return Paper(
            title=Both("年度费用预算", "Annual budget"),
            number=row.number,
            status=Code(row.state),                        # words of kit/words.py; an unknown code stays as it is
            control=Control(revision=row.revision, ...),   # only for controlled documents: head, signatures, log
            blocks=[
                Fields([("department", row.department), ("total", Money(row.total_fen)), ("made_on", row.made_on)]),
                Table(["account", "amount_fen"], [[name, Money(fen)] for name, fen in lines], ["sum", Money(total)]),
                Text(row.reason, title=Both("说明", "Remarks")),
                Signatures([("made_by", row.maker_name, row.made_on), ("approved_by", None, None)]),
            ],
        )

    add_print(router, "/budgets", paper)   # GET /budgets/{id}/print?lang=zh-CN|en&format=pdf|xlsx

Labels are codes of kit/words.py or `Both(zh, en)`. Values: text, whole numbers, dates, instants, booleans, `Money`
(fen), `Code` (a word in the reader's language), `Both`, None (empty). Text is text: nothing in it is read as markup.
The company's name and address on every paper are settings (room `company`).

`paper.py` what a paper is made of · `layout.py` a paper in one language, as plain data · `pdf.py` and `paper.typ`
drawing it with Typst · `sheet.py` the same as xlsx · `http.py` the route.
"""
