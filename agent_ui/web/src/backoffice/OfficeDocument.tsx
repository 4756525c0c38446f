/** One thing of the back office: its facts, its lines, what I may do with it now, its approvals, its story. */
import { ArrowLeftOutlined, PrinterOutlined, ReloadOutlined } from "@ant-design/icons"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Button, Dropdown, Table } from "antd"
import { Fragment, type ReactNode, Suspense, useState } from "react"
import { Link, useNavigate } from "react-router"
import { download } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { Facts, type FactRow } from "../ui/Facts"
import { useFailure } from "../ui/failure"
import { yuan } from "../ui/money"
import { Failed, Loading } from "../ui/states"
import { ARTICLE, useArticles } from "./articles"
import { AllocatePanel } from "./AllocatePanel"
import { ApprovalPanel } from "./ApprovalPanel"
import { commandsFor, factsOf, type Field, type ListPage, machineOf, type NounName, numberOf, rowsOf, textOf, type Thing } from "./catalogue"
import { BASE, FOLLOW, FOLLOW_LIST, office } from "./rest"
import { isRight, LinkedValue, LINKS, State, Value } from "./cells"
import { CommandForm } from "./CommandForm"
import { FORWARD, HARSH } from "./forward"
import { columnsFor, one, targetOf } from "./OfficeList"
import { hasDocument, nounOf, verbsFor } from "./nouns"
import type { RowRule } from "./nounTypes"
import { PANELS } from "./panels"
import { useDuties, useNameOf } from "./people"
import { pathOf } from "./sections"
import { Timeline } from "./Timeline"
import { useWord } from "./words"

const NOT_FACTS = new Set(["id", "version", "commands", "timeline", "state", "status", "number", "title", "kind_word"])

interface Open {
  readonly noun: NounName
  readonly fields: readonly Field[]
  readonly title: string
  readonly send: string
  /** The version that was on the screen when the form was opened, for a command on the thing. */
  readonly version?: unknown
  readonly command: boolean
  readonly starts: Readonly<Record<string, unknown>>
  readonly fixed?: Readonly<Record<string, unknown>>
}

export function OfficeDocument({ name, id }: { readonly name: NounName; readonly id: string }) {
  const { t } = useTranslation()
  const w = useWord()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const duties = useDuties()
  const [opened, setOpened] = useState<Open | null>(null)
  const facts = factsOf(name)
  const noun = nounOf(name)
  const asked = useQuery({ queryKey: ["office", name, "one", id], queryFn: () => office<Thing>(`${name}/${id}`), ...FOLLOW })
  const thing = useArticles(asked.data)
  if (thing === undefined && asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  if (thing === undefined) return <Loading rows={10} />
  const state = textOf(thing.state)
  const commands = Array.isArray(thing.commands) ? (thing.commands as string[]) : noun.machine === undefined ? [] : commandsFor(machineOf(noun.machine), state, duties)
  const verbs = name === "approvals" ? [] : verbsFor(name, commands, thing, duties)
  const word = (verb: string) => w(verb.replaceAll("-", "_"), name)
  const ofRows = new Set(Object.values(noun.rows ?? {}).map((rule) => rule.verb))
  const buttons = verbs.filter((verb) => !ofRows.has(verb))
  const forward = buttons.find((verb) => FORWARD.has(verb.replaceAll("-", "_")))

  const Panel = PANELS[name]
  const openVerb = (verb: string, starts?: Readonly<Record<string, unknown>>, fixed: Readonly<Record<string, unknown>> = {}) =>
    setOpened({ noun: name, fields: facts.commands?.[verb] ?? [], title: word(verb), send: `${name}/${id}/${verb}`, command: true, version: thing.version, starts: starts ?? noun.starts?.[verb]?.(thing) ?? {}, fixed })
  const beginnings = (noun.begins ?? []).filter((begin) => begin.duties.some((duty) => duties.includes(duty)) && (begin.when?.(thing) ?? true))

  return (
    <article className="office-document">
      <header className="office-head">
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={t("do.back")} onClick={() => void navigate(-1)} />
        <div className="grow">
          <h2>
            {w(one(name))} <span className="num">{titleOf(thing)}</span>
          </h2>
          <div className="row wrap">
            {typeof thing.status === "string" && <State state={thing.status} />}
            {state !== "" && state !== thing.status && <State state={state} {...(noun.machine === undefined ? {} : { of: `${noun.machine}.state` })} />}
            <span className="dim small num">{t("office.version", { n: numberOf(thing.version) })}</span>
          </div>
        </div>
        <div className="actions row wrap">
          {buttons.map((verb) => (
            <Button key={verb} data-command={verb} type={verb === forward ? "primary" : "default"} danger={HARSH.has(verb.replaceAll("-", "_"))} onClick={() => openVerb(verb)}>
              {word(verb)}
            </Button>
          ))}
          {beginnings.map((begin) => (
            <Button
              key={begin.noun}
              data-begin={begin.noun}
              type={forward === undefined && begin === beginnings[0] ? "primary" : "default"}
              onClick={() => setOpened({ noun: begin.noun, fields: factsOf(begin.noun).make ?? [], title: t("office.make", { what: w(one(begin.noun)) }), send: begin.noun, command: false, starts: begin.with(thing) })}
            >
              {t("office.make", { what: w(one(begin.noun)) })}
            </Button>
          ))}
          {facts.print === true && <Print name={name} id={id} title={titleOf(thing)} />}
          <Button icon={<ReloadOutlined />} aria-label={t("do.refresh")} title={t("do.refresh")} onClick={() => void queries.invalidateQueries({ queryKey: ["office"] })} />
        </div>
      </header>

      <div className="office-columns">
        <div className="office-main">
          <section className="sheet office-box">
            <Head name={name} thing={thing} />
          </section>
          {name === "receipts" && state === "confirmed" && <AllocatePanel receipt={thing} />}
          {Panel !== undefined && (
            <Suspense fallback={<Loading rows={4} />}>
              <Panel key={textOf(thing.id)} thing={thing} verbs={verbs} />
            </Suspense>
          )}
          {(facts.document ?? []).filter((field) => field.kind === "part" && hasFacts(thing[field.name])).map((field) => (
            <section key={field.name} className="sheet office-box">
              <h3>{w(field.name, name)}</h3>
              <PartFacts name={name} field={field} part={thing[field.name] as Thing} />
            </section>
          ))}
          {(facts.document ?? []).filter((field) => field.kind === "rows" && field.name !== "timeline" && !(noun.hide ?? []).includes(field.name) && rowsOf(thing[field.name]).length > 0).map((field) => (
            <section key={field.name} className="sheet office-box" data-rows={field.name}>
              <h3>{w(field.name, name)}</h3>
              {groupsOf(rowsOf(thing[field.name]), noun.rows?.[field.name]?.group).map(([group, rows]) => (
                <Fragment key={group}>
                  {group !== "" && <h4 className="office-group">{w(group, name)}</h4>}
                  <Lines name={name} field={field} rows={rows} rule={noun.rows?.[field.name]} verbs={verbs} open={openVerb} />
                </Fragment>
              ))}
            </section>
          ))}
          {texts(facts.document ?? [], thing, noun.hide ?? []).map((field) => (
            <section key={field.name} className="sheet office-box">
              <h3>{w(field.name, name)}</h3>
              <p className="office-text">{textOf(thing[field.name])}</p>
            </section>
          ))}
          {(noun.related ?? []).map((related) => (
            <Related key={related.noun + related.by} name={related.noun} by={related.by} id={textOf(thing[related.of ?? "id"])} />
          ))}
        </div>
        <aside className="office-side">
          <Approvals name={name} thing={thing} />
          {Array.isArray(thing.timeline) && (
            <section className="sheet office-box" aria-label={t("office.story")}>
              <h3>{t("office.story")}</h3>
              <Timeline lines={thing.timeline} />
            </section>
          )}
        </aside>
      </div>
      {opened !== null && (
        <CommandForm
          noun={opened.noun}
          fields={opened.fields}
          title={opened.title}
          send={opened.send}
          starts={opened.starts}
          {...(opened.fixed === undefined ? {} : { fixed: opened.fixed })}
          about={thing}
          {...(opened.command ? { version: opened.version } : {})}
          close={() => setOpened(null)}
          reload={() => void asked.refetch()}
          made={(made) => {
            if (!opened.command && hasDocument(opened.noun)) void navigate(pathOf(opened.noun, textOf(made.id)))
          }}
        />
      )}
    </article>
  )
}

/** Rows in the order given, apart by a field where the document says so. */
function groupsOf(rows: readonly Thing[], by: string | undefined): [string, Thing[]][] {
  const groups = new Map<string, Thing[]>()
  for (const row of rows) {
    const key = by === undefined ? "" : textOf(row[by])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups]
}

const hasFacts = (part: unknown): boolean => typeof part === "object" && part !== null && Object.values(part).some((value) => value !== null)

function PartFacts({ name, field, part }: { readonly name: NounName; readonly field: Field; readonly part: Thing }) {
  const w = useWord()
  const rows = (field.of ?? [])
    .filter((one) => part[one.name] !== null && part[one.name] !== undefined && one.kind !== "other")
    .map((one): FactRow => [w(one.name, name), <Value key={one.name} field={one} value={part[one.name]} />])
  return <Facts rows={rows} />
}

const titleOf = (thing: Thing): string => [textOf(thing.number), textOf(thing.title) || textOf(thing.legal_name)].filter((part) => part !== "").join(" ")

/** Long texts have a box of their own. */
const LONG = 80
const isLong = (value: unknown) => typeof value === "string" && (value.length > LONG || value.includes("\n"))
const texts = (fields: readonly Field[], thing: Thing, hidden: readonly string[]) =>
  fields.filter((field) => (field.kind === "text" || field.kind === "long") && isLong(thing[field.name]) && (!hidden.includes(field.name) || field.name === "body"))

function Head({ name, thing }: { readonly name: NounName; readonly thing: Thing }) {
  const w = useWord()
  const nameOf = useNameOf()
  const hidden = new Set([...(nounOf(name).hide ?? []), ...Object.values(LINKS).map(([field]) => field)])
  const rows = (factsOf(name).document ?? [])
    .filter((field) => field.kind !== "rows" && field.kind !== "part" && field.kind !== "other" && !NOT_FACTS.has(field.name) && !hidden.has(field.name) && !isLong(thing[field.name]))
    .flatMap((field): FactRow[] => {
      const value = thing[field.name]
      if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return []
      if (field.kind === "id") {
        const person = nameOf(value)
        return person === undefined ? [] : [[w(field.name, name), person]]
      }
      return [[w(field.name, name), <LinkedValue key={field.name} field={field} thing={thing} />]]
    })
  return <Facts rows={rows} />
}

/** A table of a document's own rows, with the sums of its money. */
interface LinesProps {
  readonly name: NounName
  readonly field: Field
  readonly rows: readonly Thing[]
  readonly rule?: RowRule | undefined
  readonly verbs: readonly string[]
  readonly open: (verb: string, starts?: Readonly<Record<string, unknown>>, fixed?: Readonly<Record<string, unknown>>) => void
}

function Lines({ name, field, rows, rule, verbs, open }: LinesProps) {
  const { t } = useTranslation()
  const w = useWord()
  const nameOf = useNameOf()
  const columns = [...(rows.some((row) => row.order_line_id !== undefined && row.sku !== undefined) ? ARTICLE : []), ...(field.of ?? [])].filter((column) => {
    if (column.name === "version" || column.name === "id" || column.kind === "rows" || column.name === rule?.group) return false
    if (rule?.columns !== undefined && !rule.columns.includes(column.name)) return false
    if (column.name === (currentLanguage() === "zh" ? "en" : "zh")) return false
    if (column.kind === "id") return rows.some((row) => nameOf(row[column.name]) !== undefined)
    return rows.some((row) => row[column.name] !== null && row[column.name] !== "" && row[column.name] !== undefined)
  })
  const verb = rule?.verb
  const mayFill = verb !== undefined && verbs.includes(verb)
  const summed = columns.some((column) => column.name === "amount_fen" || column.name === "open_fen")
  return (
    <div className="office-lines" tabIndex={0} role="region" aria-label={w(field.name, name)}>
    <Table<Thing>
      size="small"
      rowKey={(row) => JSON.stringify(row)}
      pagination={false}
      dataSource={[...rows]}
     
      columns={[
        ...columns.map((column) => ({
          key: column.name,
          title: column.name === "zh" || column.name === "en" ? w("what", name) : w(column.name, name),
          ...(column.name === "seq" ? { width: 64 } : {}),
          align: isRight(column) ? ("right" as const) : ("left" as const),
          render: (_: unknown, row: Thing): ReactNode => (column.kind === "id" ? nameOf(row[column.name]) : <LinkedValue field={column} thing={row} />),
        })),
        ...(mayFill
          ? [
              {
                key: "fill",
                title: "",
                align: "right" as const,
                render: (_: unknown, row: Thing): ReactNode =>
                  (rule?.when?.(row) ?? true) && (
                    <button type="button" className="link-button" data-row-command={verb} onClick={() => open(verb, rule?.starts?.(row) ?? {}, rule?.fixed?.(row) ?? {})}>
                      {w(verb.replaceAll("-", "_"), name)}
                    </button>
                  ),
              },
            ]
          : []),
      ]}
      {...(summed && rows.length > 1
        ? {
            summary: () => (
              <Table.Summary.Row className="office-totals">
                {columns.map((column, index) => (
                  <Table.Summary.Cell key={column.name} index={index} align={isRight(column) ? "right" : "left"}>
                    {index === 0 ? t("office.list.sum") : column.kind === "money" && !column.name.startsWith("price") ? <span className="num">{yuan(rows.reduce((sum, row) => sum + numberOf(row[column.name]), 0))}</span> : ""}
                  </Table.Summary.Cell>
                ))}
              </Table.Summary.Row>
            ),
          }
        : {})}
    />
    </div>
  )
}

const FEW = 10

function Related({ name, by, id }: { readonly name: NounName; readonly by: string; readonly id: string }) {
  const w = useWord()
  const { t } = useTranslation()
  const navigate = useNavigate()
  const filter = `filter=${encodeURIComponent(`${by}:${id}`)}`
  const asked = useQuery({ queryKey: ["office", name, "of", by, id], queryFn: () => office<ListPage>(`${name}?${filter}&limit=${FEW}`), ...FOLLOW_LIST })
  const page = asked.data
  if (page === undefined || page.total === 0) return null
  const open = (row: Thing) => {
    const target = targetOf(name, row)
    if (target !== undefined) void navigate(target)
  }
  const seen = (column: string) => column !== "customer" && !(by === "order_id" && column === "order_number")
  return (
    <section className="sheet office-box" data-related={name}>
      <h3>
        {w(factsOf(name).word ?? name)} <span className="dim num">{page.total}</span>
        {page.total > FEW && <Link to={`${pathOf(name)}?${filter}`}>{t("office.allOfThem")}</Link>}
      </h3>
      <Table<Thing>
        size="small"
        rowKey={(row) => textOf(row.id)}
        pagination={false}
        dataSource={[...page.rows]}
        columns={columnsFor(name, w, open).filter((column) => seen(String(column.key)))}
        scroll={{ x: 900 }}
        onRow={(row) => ({ onDoubleClick: () => open(row) })}
      />
    </section>
  )
}

/** The approvals that were asked for about this thing; for an approval itself, its own steps. */
function Approvals({ name, thing }: { readonly name: NounName; readonly thing: Thing }) {
  const { t } = useTranslation()
  const id = textOf(thing.id)
  const asked = useQuery({
    queryKey: ["office", "approvals", "of", id],
    queryFn: () => office<ListPage>(`approvals?filter=${encodeURIComponent(`thing_id:${id}`)}&sort=-made_at&limit=5`),
    enabled: name !== "approvals",
    ...FOLLOW_LIST,
  })
  const ids = name === "approvals" ? [id] : (asked.data?.rows ?? []).map((row) => textOf(row.id))
  if (ids.length === 0) return null
  return (
    <section className="sheet office-box" aria-label={t("office.approval.title")}>
      <h3>{t("office.approval.title")}</h3>
      {ids.map((approval) => (
        <ApprovalPanel key={approval} id={approval} />
      ))}
    </section>
  )
}

function Print({ name, id, title }: { readonly name: NounName; readonly id: string; readonly title: string }) {
  const { t } = useTranslation()
  const failed = useFailure()
  const [busy, setBusy] = useState(false)
  async function save(format: "pdf" | "xlsx", language: string) {
    setBusy(true)
    try {
      await download(`${BASE}/${name}/${id}/print?lang=${language}&format=${format}`, `${title}.${format}`)
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }
  const mine = currentLanguage() === "zh" ? "zh-CN" : "en"
  return (
    <Dropdown.Button
      className="office-print"
      loading={busy}
      onClick={() => void save("pdf", mine)}
      buttonsRender={([left, right]) => [left, right]}
      menu={{
        items: [
          { key: "zh", label: t("office.print.zh"), onClick: () => void save("pdf", "zh-CN") },
          { key: "en", label: t("office.print.en"), onClick: () => void save("pdf", "en") },
          { key: "xlsx", label: t("office.print.xlsx"), onClick: () => void save("xlsx", mine) },
        ],
      }}
    >
      <PrinterOutlined /> {t("office.print.pdf")}
    </Dropdown.Button>
  )
}
