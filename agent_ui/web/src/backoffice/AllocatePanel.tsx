/** Which invoices a receipt pays: the customer's open ones beside it, oldest first, an amount for each. */
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Table } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { sentenceOf } from "../ui/failure"
import { yuan } from "../ui/money"
import { calendarDate } from "../ui/time"
import { addAmounts, fillOldestFirst } from "./allocation"
import { type ListPage, numberOf, textOf, type Thing } from "./catalogue"
import { office, order } from "./rest"
import { State } from "./cells"
import { MoneyInput } from "./FieldInput"
import { useDuties } from "./people"
import { useWord } from "./words"

export function AllocatePanel({ receipt }: { readonly receipt: Thing }) {
  const { t } = useTranslation()
  const w = useWord()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const duties = useDuties()
  const [given, setGiven] = useState<Readonly<Record<string, number>>>({})
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const balance = numberOf(receipt.balance_fen)
  const customer = textOf(receipt.customer_id)
  const asked = useQuery({
    queryKey: ["office", "invoices", "open", customer],
    queryFn: () =>
      office<ListPage>(
        `invoices?${["issued", "partly_paid", "overdue", "problem"].map((status) => `filter=status:${status}`).join("&")}&filter=${encodeURIComponent(`customer_id:${customer}`)}&sort=due_on&limit=200`,
      ),
    enabled: balance > 0 && duties.includes("FIN"),
  })
  const rows = asked.data?.rows ?? []
  if (rows.length === 0) return null
  const sum = addAmounts(given)

  async function allocate() {
    setBusy(true)
    setRefusal(null)
    let version = receipt.version
    try {
      for (const row of rows) {
        const amount = given[textOf(row.id)] ?? 0
        if (amount === 0) continue
        const after = await order<Thing>(`receipts/${textOf(receipt.id)}/allocate`, { version, invoice_id: row.id, amount_fen: amount })
        version = after.version
      }
      setGiven({})
      void message.success(t("say.done"))
    } catch (error) {
      setRefusal(sentenceOf(error, t))
    } finally {
      setBusy(false)
      await queries.invalidateQueries({ queryKey: ["office"] })
    }
  }

  return (
    <section className="sheet office-box" aria-label={t("office.allocate.title")}>
      <h3>
        {t("office.allocate.title")}
        <span className="grow" />
        <Button size="small" onClick={() => setGiven(fillOldestFirst(balance, rows))}>
          {t("office.allocate.fill")}
        </Button>
      </h3>
      {refusal !== null && <Alert type="error" showIcon title={refusal} />}
      <Table<Thing>
        size="small"
        rowKey={(row) => textOf(row.id)}
        pagination={false}
        dataSource={[...rows]}
        columns={[
          { title: w("invoice"), width: 150, render: (_, row) => <span className="num">{textOf(row.number)}</span> },
          { title: w("due_on"), width: 110, render: (_, row) => <span className="num">{calendarDate(textOf(row.due_on))}</span> },
          { title: w("status"), width: 110, render: (_, row) => <State state={textOf(row.status)} /> },
          { title: w("outstanding_fen"), width: 130, align: "right", render: (_, row) => <span className="num">{yuan(numberOf(row.outstanding_fen))}</span> },
          {
            title: t("office.allocate.now"),
            width: 170,
            align: "right",
            render: (_, row) => (
              <MoneyInput
                aria-label={`${t("office.allocate.now")} ${textOf(row.number)}`}
                value={given[textOf(row.id)] ?? null}
                onChange={(fen) => setGiven((before) => ({ ...before, [textOf(row.id)]: fen ?? 0 }))}
              />
            ),
          },
        ]}
        summary={() => (
          <Table.Summary.Row className="office-totals">
            <Table.Summary.Cell index={0} colSpan={3}>
              {t("office.allocate.balance", { yuan: yuan(balance) })}
            </Table.Summary.Cell>
            <Table.Summary.Cell index={3} align="right">
              <span className="num">{yuan(rows.reduce((total, row) => total + numberOf(row.outstanding_fen), 0))}</span>
            </Table.Summary.Cell>
            <Table.Summary.Cell index={4} align="right">
              <span className="num">{yuan(sum)}</span>
            </Table.Summary.Cell>
          </Table.Summary.Row>
        )}
      />
      <div className="row" style={{ justifyContent: "flex-end", paddingTop: 8 }}>
        {sum > balance && <span className="office-wrong">{t("office.allocate.tooMuch", { yuan: yuan(sum - balance) })}</span>}
        <Button type="primary" data-command="allocate" disabled={sum === 0 || sum > balance} loading={busy} onClick={() => void allocate()}>
          {t("office.allocate.do")}
        </Button>
      </div>
    </section>
  )
}
