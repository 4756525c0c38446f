/** A list of the back office: search, filters, sort and page stand in the address; totals over all rows; Excel. */
import { DownloadOutlined, PlusOutlined, ReloadOutlined } from "@ant-design/icons"
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query"
import { Button, DatePicker, Input, type InputRef, Pagination, Select, Table, type TableProps, Tag } from "antd"
import dayjs from "dayjs"
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react"
import { useNavigate, useSearchParams } from "react-router"
import { download } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { yuan } from "../ui/money"
import { Failed, Loading, Nothing } from "../ui/states"
import { addressOf, changed, nextSort, questionOf, SIZES, type Wish, wishOf } from "./address"
import { factsOf, type Field, type ListPage, type NounName, textOf, type Thing } from "./catalogue"
import { BASE, FOLLOW_LIST, office } from "./rest"
import { isRight, LinkedValue, stateOf, widthOf } from "./cells"
import { CommandForm } from "./CommandForm"
import { columnsOf, hasDocument, membersOf, nounOf } from "./nouns"
import { useDuties } from "./people"
import { pathOf } from "./sections"
import { useWord } from "./words"

/** Where a row leads: its own page, or the page of what it is a part of. */
export function targetOf(name: NounName, row: Thing): string | undefined {
  const opens = nounOf(name).opens
  const id = textOf(row[opens?.by ?? "id"])
  if (id === "") return undefined
  if (opens !== undefined) return pathOf(opens.noun, id)
  return hasDocument(name) ? pathOf(name, id) : undefined
}

/** The field that leads to the thing's page. */
const isHandle = (columns: readonly Field[], field: Field) => field.name === (columns.find((one) => one.name === "number" || one.name === "title") ?? columns[0])?.name

export function columnsFor(name: NounName, w: (code: string, noun?: string) => string, open: (row: Thing) => void): NonNullable<TableProps<Thing>["columns"]> {
  const columns = columnsOf(name)
  return columns.map((field) => ({
    key: field.name,
    title: w(field.name, name),
    width: widthOf(field),
    align: isRight(field) ? ("right" as const) : ("left" as const),
    ellipsis: field.kind === "text" || field.kind === "long",
    render: (_: unknown, row: Thing) =>
      isHandle(columns, field) && targetOf(name, row) !== undefined ? (
        <button type="button" className="link-button num" onClick={() => open(row)}>
          {textOf(row[field.name]) || w("not_numbered")}
        </button>
      ) : (
        <LinkedValue field={field} thing={row} machine={nounOf(name).machine} />
      ),
  }))
}

interface Props {
  readonly name: NounName
  readonly head?: ReactNode
}

export function OfficeList({ name, head }: Props) {
  const { t } = useTranslation()
  const w = useWord()
  const [address, setAddress] = useSearchParams()
  const navigate = useNavigate()
  const failed = useFailure()
  const duties = useDuties()
  const facts = factsOf(name)
  const noun = nounOf(name)
  const wish = wishOf(address)
  const question = questionOf(wish)
  const [making, setMaking] = useState(false)
  const [exporting, setExporting] = useState(false)
  const [marked, setMarked] = useState({ question: "", at: 0 })
  const body = useRef<HTMLDivElement>(null)
  const search = useRef<InputRef>(null)

  const asked = useQuery({ queryKey: ["office", name, question], queryFn: () => office<ListPage>(`${name}${question}`), placeholderData: keepPreviousData, ...FOLLOW_LIST })
  const rows = asked.data?.rows ?? []
  // Another question begins at its first row.
  const at = marked.question === question ? marked.at : 0
  const setAt = (row: number) => setMarked({ question, at: row })
  const ask = (part: Partial<Wish>) => setAddress(addressOf(changed(wish, part)))

  const open = (row: Thing) => {
    const target = targetOf(name, row)
    if (target !== undefined) void navigate(target)
  }

  useEffect(() => {
    body.current?.querySelector(".office-at")?.scrollIntoView({ block: "nearest" })
  }, [at])

  async function save() {
    setExporting(true)
    try {
      await download(`${BASE}/${name}/export${questionOf(wish, false)}`, `${w(facts.word ?? name)}.xlsx`)
    } catch (error) {
      failed(error)
    } finally {
      setExporting(false)
    }
  }

  function key(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
    const step: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, ...(typing ? {} : { j: 1, k: -1 }) }
    const by = step[event.key]
    if (by !== undefined && !typing) {
      event.preventDefault()
      setAt(Math.min(Math.max(0, at + by), rows.length - 1))
    } else if (event.key === "Enter" && event.target === body.current) {
      const row = rows[at]
      if (row !== undefined) open(row)
    } else if (event.key === "/" && !typing) {
      event.preventDefault()
      search.current?.focus()
    }
  }

  const columns = columnsFor(name, w, open).map((column) => ({
    ...column,
    onHeaderCell: () => ({
      onClick: () => ask({ sort: nextSort(wish.sort, String(column.key)) }),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === "Enter") ask({ sort: nextSort(wish.sort, String(column.key)) })
      },
      tabIndex: 0,
      "aria-sort": wish.sort === column.key ? ("ascending" as const) : wish.sort === `-${String(column.key)}` ? ("descending" as const) : ("none" as const),
      className: "office-sort",
    }),
  }))
  const width = columns.reduce((sum, column) => sum + (typeof column.width === "number" ? column.width : 120), 0)
  const mayMake = facts.make !== undefined && noun.makers?.some((duty) => duties.includes(duty)) === true

  return (
    <div className="sheet office-list" onKeyDown={key}>
      <Views name={name} wish={wish} choose={(filters) => ask({ filters })} />
      <div className="filters">
        {facts.search === true && (
          <Input.Search
            ref={search}
            key={wish.q}
            allowClear
            defaultValue={wish.q}
            placeholder={t("office.list.search")}
            aria-label={t("office.list.search")}
            onSearch={(q) => ask({ q: q.trim() })}
            style={{ width: 220 }}
          />
        )}
        <Filters name={name} wish={wish} ask={ask} />
        <span className="grow" />
        {head}
        <Button icon={<ReloadOutlined />} aria-label={t("do.refresh")} title={t("do.refresh")} onClick={() => void asked.refetch()} loading={asked.isFetching && !asked.isPending} />
        <Button icon={<DownloadOutlined />} onClick={() => void save()} loading={exporting}>
          {t("do.export")}
        </Button>
        {mayMake && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t("do.create")}
          </Button>
        )}
      </div>
      {asked.isPending && <Loading rows={8} />}
      {asked.isError && asked.data === undefined && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data !== undefined && (
        <div ref={body} tabIndex={0} className="office-rows" role="region" aria-label={t("office.list.rows", { name: w(facts.word ?? name) })}>
          <Table<Thing>
            size="small"
            rowKey={(row) => textOf(row.id) || JSON.stringify(row)}
            columns={columns}
            dataSource={[...rows]}
            pagination={false}
            scroll={{ x: width }}
            rowClassName={(_, index) => (index === at ? "office-at" : "")}
            onRow={(row, index) => ({ onClick: () => setAt(index ?? 0), onDoubleClick: () => open(row) })}
            locale={{ emptyText: <Nothing title={t(Object.keys(wish.filters).length > 0 || wish.q !== "" ? "say.nothingFound" : "say.nothingHere")} /> }}
            summary={() => rows.length > 0 && <Totals name={name} page={asked.data} />}
          />
          <div className="office-foot">
            <span className="dim small">{t("office.list.keys")}</span>
            <Pagination
              size="small"
              current={wish.page}
              pageSize={wish.size}
              total={asked.data.total}
              pageSizeOptions={[...SIZES]}
              showSizeChanger
              showTotal={(n) => t("unit.total", { n })}
              onChange={(page, size) => setAddress(addressOf({ ...wish, page: size === wish.size ? page : 1, size }))}
            />
          </div>
        </div>
      )}
      {making && <CommandForm noun={name} fields={facts.make ?? []} title={t("office.make", { what: w(one(name)) })} send={name} close={() => setMaking(false)} made={open} />}
    </div>
  )
}

/** The word for one thing of a list: its machine's, where it has one. */
export const one = (name: NounName): string => nounOf(name).machine ?? `${name}.one`

function Totals({ name, page }: { readonly name: NounName; readonly page: ListPage }) {
  const { t } = useTranslation()
  const columns = columnsOf(name)
  const totals = columns.map((field) => page.totals[field.name])
  if (totals.every((total) => total === undefined)) return null
  return (
    <Table.Summary fixed="bottom">
      <Table.Summary.Row className="office-totals">
        {columns.map((field, index) => (
          <Table.Summary.Cell key={field.name} index={index} align={isRight(field) ? "right" : "left"}>
            {index === 0 && totals[0] === undefined ? t("office.list.totals", { n: page.total }) : ""}
            {totals[index] !== undefined && <span className="num">{field.kind === "money" ? yuan(totals[index]) : totals[index]}</span>}
          </Table.Summary.Cell>
        ))}
      </Table.Summary.Row>
    </Table.Summary>
  )
}

const same = (a: Wish["filters"], b: Wish["filters"]) => JSON.stringify(a) === JSON.stringify(b)

/** Filters as tabs, each with how many rows it has. */
function Views({ name, wish, choose }: { readonly name: NounName; readonly wish: Wish; readonly choose: (filters: Wish["filters"]) => void }) {
  const { t } = useTranslation()
  const w = useWord()
  const views = nounOf(name).views ?? []
  const counts = useQueries({
    queries: views.map((view) => {
      const question = questionOf({ q: "", filters: view.filters, from: "", to: "", sort: "", page: 1, size: 1 })
      return { queryKey: ["office", name, "count", question], queryFn: () => office<ListPage>(`${name}${question}`), select: (page: ListPage) => page.total }
    }),
  })
  if (views.length === 0) return null
  const free = Object.keys(wish.filters).length === 0
  return (
    <div className="office-views" role="group" aria-label={t("office.list.views")}>
      <button type="button" aria-pressed={free} onClick={() => choose({})}>
        {t("say.all")}
      </button>
      {views.map((view, index) => (
        <button key={view.word} type="button" aria-pressed={same(view.filters, wish.filters)} onClick={() => choose(view.filters)}>
          {w(view.word, stateOf(nounOf(name).machine))}
          {counts[index]?.data !== undefined && <span className="num">{counts[index].data}</span>}
        </button>
      ))}
    </div>
  )
}

function Filters({ name, wish, ask }: { readonly name: NounName; readonly wish: Wish; readonly ask: (part: Partial<Wish>) => void }) {
  const { t } = useTranslation()
  const w = useWord()
  const facts = factsOf(name)
  const set = (filter: string, values: readonly string[]) => {
    const { [filter]: _, ...rest } = wish.filters
    ask({ filters: values.length === 0 ? rest : { ...rest, [filter]: values } })
  }
  return (
    <>
      {(facts.filters ?? []).map((filter) => {
        const members = membersOf(name, filter)
        const chosen = wish.filters[filter] ?? []
        if (members !== undefined) {
          return (
            <Select
              key={filter}
              mode="multiple"
              allowClear
              maxTagCount="responsive"
              value={[...chosen]}
              placeholder={w(filter, name)}
              aria-label={w(filter, name)}
              options={members.map((value) => ({ value, label: value === "true" ? t("say.yes") : value === "false" ? t("say.no") : w(value, filter === "state" ? stateOf(nounOf(name).machine) : filter) }))}
              onChange={(values: string[]) => set(filter, values)}
              style={{ minWidth: 132 }}
            />
          )
        }
        if (!filter.endsWith("_id")) {
          return <Input.Search key={`${filter}${chosen.join()}`} allowClear defaultValue={chosen[0] ?? ""} placeholder={w(filter, name)} aria-label={w(filter, name)} onSearch={(text) => set(filter, text.trim() === "" ? [] : [text.trim()])} style={{ width: 132 }} />
        }
        return chosen.map((value) => (
          <Tag key={value} closable onClose={() => set(filter, [])}>
            {w(filter.replace(/_id$/, ""))}
          </Tag>
        ))
      })}
      {facts.on != null && (
        <DatePicker.RangePicker
          aria-label={w(facts.on, name)}
          placeholder={[`${w(facts.on, name)} ≥`, "≤"]}
          allowEmpty={[true, true]}
          value={[wish.from === "" ? null : dayjs(wish.from), wish.to === "" ? null : dayjs(wish.to)]}
          onChange={(days) => ask({ from: days?.[0]?.format("YYYY-MM-DD") ?? "", to: days?.[1]?.format("YYYY-MM-DD") ?? "" })}
          style={{ width: 250 }}
        />
      )}
    </>
  )
}
