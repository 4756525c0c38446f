/** The day of one person: approvals that wait for them, what their duties have to move on, what runs late. */
import { CheckCircleOutlined } from "@ant-design/icons"
import { useQueries } from "@tanstack/react-query"
import { Table } from "antd"
import { Link, useNavigate } from "react-router"
import { useTranslation } from "../i18n/use"
import { Page } from "../ui/Page"
import { Failed, Loading, Nothing } from "../ui/states"
import { addressOf, questionOf, type Wish } from "./address"
import { ApprovalPanel, useInbox } from "./ApprovalPanel"
import { dutyWords, type ListPage, type NounName, textOf, type Thing } from "./catalogue"
import { office } from "./rest"
import { WATCHES, waitingFor } from "./forward"
import { columnsFor, one, targetOf } from "./OfficeList"
import { useMine } from "./people"
import { pathOf } from "./sections"
import { useWord } from "./words"
import "./office.css"

interface Block {
  readonly key: string
  readonly title: string
  readonly late: boolean
  readonly noun: NounName
  readonly wish: Wish
}

const FEW = 6
const EVERY_MS = 30_000
const COLUMNS = 6
const wishFor = (filters: Wish["filters"], sort = ""): Wish => ({ q: "", filters, from: "", to: "", sort, page: 1, size: 50 })

export default function TasksPage() {
  const { t, language } = useTranslation()
  const w = useWord()
  const mine = useMine()
  const inbox = useInbox()
  const duties = mine?.roles ?? []
  const blocks: Block[] = [
    ...WATCHES.filter((watch) => watch.duties.some((duty) => duties.includes(duty))).map((watch) => ({ key: watch.word, title: w(watch.word), late: true, noun: watch.noun, wish: wishFor(watch.filters, watch.sort) })),
    ...waitingFor(duties).map(({ noun, states }) => ({ key: noun, title: t("office.tasks.of", { what: w(one(noun)), states: states.map((state) => w(state)).join(" / ") }), late: false, noun, wish: wishFor({ state: states }) })),
  ]
  const asked = useQueries({
    queries: blocks.map(({ noun, wish }) => {
      const question = questionOf({ ...wish, size: 20 })
      return { queryKey: ["office", noun, "task", question], queryFn: () => office<ListPage>(`${noun}${question}`), refetchInterval: EVERY_MS }
    }),
  })
  const failed = asked.find((one) => one.isError)
  const approvals = inbox.data ?? []
  const found = blocks.map((block, index) => ({ block, page: asked[index]?.data })).filter(({ page }) => (page?.total ?? 0) > 0)
  const waiting = inbox.isPending || mine === undefined || asked.some((one) => one.isPending)
  return (
    <Page title={t("menu.tasks")} more={mine === undefined ? "" : t("office.tasks.more", { duties: duties.length === 0 ? t("office.tasks.noDuty") : duties.map((duty) => dutyWords[duty]?.[language === "zh" ? 0 : 1] ?? duty).join(language === "zh" ? "、" : ", ") })}>
      {failed !== undefined && <Failed error={failed.error} retry={() => void failed.refetch()} />}
      {waiting && <Loading rows={6} />}
      {!waiting && approvals.length === 0 && found.length === 0 && <Nothing title={t("office.tasks.none")} icon={<CheckCircleOutlined />} />}
      <div className="office-tasks">
        {approvals.length > 0 && (
          <section className="sheet office-box" data-task="approvals">
            <h3>
              {t("office.tasks.approvals")} <span className="num dim">{approvals.length}</span>
            </h3>
            {approvals.map((approval) => (
              <ApprovalPanel key={textOf(approval.id)} id={textOf(approval.id)} linked />
            ))}
          </section>
        )}
        {found.map(({ block, page }) => page !== undefined && <TaskBlock key={block.key} block={block} page={page} />)}
      </div>
    </Page>
  )
}

function TaskBlock({ block, page }: { readonly block: Block; readonly page: ListPage }) {
  const w = useWord()
  const navigate = useNavigate()
  const open = (row: Thing) => {
    const target = targetOf(block.noun, row)
    if (target !== undefined) void navigate(target)
  }
  const query = addressOf(block.wish).toString()
  return (
    <section className="sheet office-box" data-task={block.key} data-late={block.late}>
      <h3>
        <Link to={`${pathOf(block.noun)}?${query}`}>{block.title}</Link> <span className="num dim">{page.total}</span>
      </h3>
      <Table<Thing>
        size="small"
        rowKey={(row) => textOf(row.id) || JSON.stringify(row)}
        pagination={false}
        dataSource={page.rows.slice(0, FEW)}
        columns={shortened(columnsFor(block.noun, w, open))}
        scroll={{ x: 620 }}
        onRow={(row) => ({ onDoubleClick: () => open(row) })}
      />
    </section>
  )
}

/** The first columns, and the state: what fits beside another block. */
function shortened(columns: ReturnType<typeof columnsFor>): ReturnType<typeof columnsFor> {
  if (columns.length <= COLUMNS) return columns
  return [...columns.slice(0, COLUMNS - 1), ...columns.slice(-1)]
}
