/** The input for one field of a form, by its kind and name. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { Button, DatePicker, Form, Input, InputNumber, Select, Switch } from "antd"
import dayjs from "dayjs"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { parseYuan, yuan } from "../ui/money"
import { clockOf } from "./cells"
import { type Field, type NounName, rowsOf, textOf, type Thing } from "./catalogue"
import { ArticleInput, PICKED, Picker } from "./pickers"
import { usePeople } from "./people"
import { startOf } from "./values"
import { useWord } from "./words"

interface Input0<T> {
  readonly id?: string
  readonly value?: T | null
  readonly onChange?: (value: T | null) => void
  readonly "aria-label"?: string
}

/** Yuan as they are typed, fen as they are kept. */
export function MoneyInput({ value, onChange, ...rest }: Input0<number>) {
  const [text, setText] = useState(value == null ? "" : yuan(value))
  const [kept, setKept] = useState(value)
  if (value !== kept) {
    setKept(value)
    if (value == null ? parseYuan(text) !== null : parseYuan(text) !== value) setText(value == null ? "" : yuan(value))
  }
  return (
    <Input
      {...rest}
      inputMode="decimal"
      className="num right"
      prefix="¥"
      value={text}
      status={text !== "" && parseYuan(text) === null ? "error" : ""}
      onChange={(event) => {
        setText(event.target.value)
        const fen = event.target.value.trim() === "" ? null : parseYuan(event.target.value)
        setKept(fen)
        onChange?.(fen)
      }}
      onBlur={() => {
        const fen = parseYuan(text)
        if (fen !== null) setText(yuan(fen))
      }}
    />
  )
}

export function DateInput({ value, onChange, ...rest }: Input0<string>) {
  return <DatePicker {...rest} value={value == null || value === "" ? null : dayjs(value)} onChange={(day: dayjs.Dayjs | null) => onChange?.(day === null ? null : day.format("YYYY-MM-DD"))} style={{ width: "100%" }} />
}

/** Things of the document that a form points at: its lines, its holds. */
function localOptions(field: Field, about: Thing | undefined, w: (code: string, of?: string) => string) {
  if (about === undefined) return undefined
  if (field.name === "hold_id") {
    return rowsOf(about.holds)
      .filter((hold) => hold.status === "held" || hold.status === "release_expired")
      .map((hold) => ({ value: textOf(hold.id), label: `${w(textOf(hold.kind), "kind")} · ${yuan(Number(hold.short_fen))}` }))
  }
  if (field.name === "cost_id") return rowsOf(about.costs).map((cost) => ({ value: textOf(cost.id), label: `${w(textOf(cost.category))} · ${textOf(cost.cost_item)}` }))
  if (field.name === "line_id" || field.name === "order_line_id") {
    return rowsOf(about.lines).map((line) => ({
      value: textOf(line.line_id) || textOf(line.order_line_id),
      label: [line.sku, line.name].map(textOf).filter((text) => text !== "").join(" ") || `${w("line_no")} ${textOf(line.line_no)}`,
    }))
  }
  return undefined
}

/** A time of the day as hours and minutes, kept as minutes after midnight. */
function ClockInput({ value, onChange, ...rest }: Input0<number>) {
  return (
    <Input
      {...rest}
      type="time"
      value={value == null ? "" : clockOf(value)}
      onChange={(event) => {
        const [hours, minutes] = event.target.value.split(":").map(Number)
        onChange?.(hours === undefined || minutes === undefined ? null : hours * 60 + minutes)
      }}
    />
  )
}

/** So many amounts as there may be, each under its number: the months of a year. */
function AmountsInput({ value, onChange, most, id }: { readonly value?: readonly (number | null)[]; readonly onChange?: (value: (number | null)[]) => void; readonly most: number; readonly id?: string }) {
  const amounts = Array.from({ length: most }, (_, at) => value?.[at] ?? null)
  return (
    <div className="office-amounts" id={id}>
      {amounts.map((amount, at) => (
        <label key={String(at + 1)}>
          <span className="num">{at + 1}</span>
          <MoneyInput value={amount} onChange={(fen) => onChange?.(amounts.map((one, index) => (index === at ? fen : one)))} />
        </label>
      ))}
    </div>
  )
}

const PEOPLE = new Set(["responsible_id", "to", "deputy_id", "rep_id", "owner_id", "liable_id", "user_id", "guarantor_id", "person_id", "maker_id", "assignee_id"])

function Plain({ field, about, ...rest }: { readonly field: Field; readonly about?: Thing } & Input0<never>) {
  const w = useWord()
  const { t } = useTranslation()
  const people = usePeople()
  const given = rest as Record<string, unknown>
  const local = localOptions(field, about, w)
  if (local !== undefined) return <Select {...given} options={local} showSearch={{ optionFilterProp: "label" }} />
  if (PEOPLE.has(field.name) && field.kind === "id") {
    return <Select {...given} allowClear showSearch={{ optionFilterProp: "label" }} options={people.filter((one) => one.active).map((one) => ({ value: one.user_id, label: `${one.name} · ${one.roles.join(" ")}` }))} />
  }
  if (PICKED[field.name] !== undefined && (field.kind === "id" || PICKED[field.name] === "codes")) return <Picker {...given} name={field.name} />
  switch (field.kind) {
    case "money":
      return <MoneyInput {...given} />
    case "clock":
      return <ClockInput {...given} />
    case "integers":
      return <AmountsInput {...given} most={field.most ?? 12} />
    case "date":
      return <DateInput {...given} />
    case "integer":
    case "number":
      return <InputNumber {...given} min={field.min ?? (field.above === undefined ? Number.MIN_SAFE_INTEGER : field.above + (field.kind === "integer" ? 1 : 0))} max={field.max ?? Number.MAX_SAFE_INTEGER} {...(field.kind === "integer" ? { precision: 0 } : {})} style={{ width: "100%" }} />
    case "yes":
      return <Switch {...given} checkedChildren={t("say.yes")} unCheckedChildren={t("say.no")} />
    case "choice":
      return <Select {...given} allowClear={field.required !== true} options={(field.values ?? []).map((value) => ({ value, label: w(value, field.name) }))} />
    case "words":
      return <Select {...given} mode="multiple" options={(field.values ?? []).map((value) => ({ value, label: w(value, field.name) }))} />
    case "texts":
      return <Select {...given} mode="tags" />
    case "long":
      return <Input.TextArea {...given} autoSize={{ minRows: field.name === "body" ? 6 : 2, maxRows: 14 }} />
    default:
      return field.name === "sku" ? <ArticleInput {...given} /> : <Input {...given} />
  }
}

const isWide = (field: Field) => field.kind === "long" || field.kind === "rows" || field.kind === "integers"

interface FieldProps {
  readonly noun: NounName
  readonly field: Field
  readonly about?: Thing
  /** Of the part that the field belongs to. */
  readonly within?: string
}

export function FieldInput({ noun, field, about, within }: FieldProps) {
  const { t } = useTranslation()
  const w = useWord()
  if (field.kind === "rows") return <RowsInput noun={noun} field={field} {...(about === undefined ? {} : { about })} />
  if (field.kind === "part") {
    return (
      <fieldset className="office-wide office-part">
        <legend>{w(field.name, noun)}</legend>
        {(field.of ?? []).map((one) => (
          <FieldInput key={one.name} noun={noun} field={field.required === true ? one : { ...one, required: false }} within={field.name} {...(about === undefined ? {} : { about })} />
        ))}
      </fieldset>
    )
  }
  const needed = field.required === true && field.kind !== "yes"
  return (
    <Form.Item
      name={within === undefined ? field.name : [within, field.name]}
      label={w(field.name, noun)}
      className={isWide(field) ? "office-wide" : ""}
      {...(field.kind === "yes" ? { valuePropName: "value" } : {})}
      rules={needed ? [{ required: true, message: t("say.required") }] : []}
      required={needed}
    >
      <Plain field={field} {...(about === undefined ? {} : { about })} />
    </Form.Item>
  )
}

function RowsInput({ noun, field, about }: { readonly noun: NounName; readonly field: Field; readonly about?: Thing }) {
  const { t } = useTranslation()
  const w = useWord()
  const columns = field.of ?? []
  return (
    <Form.List name={field.name}>
      {(rows, { add, remove }) => (
        <fieldset className="office-wide office-rows-input">
          <legend>{w(field.name, noun)}</legend>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.name} className={column.kind === "money" || column.kind === "integer" ? "right" : ""}>
                    {w(column.name, noun)}
                  </th>
                ))}
                <th aria-label={t("do.remove")} />
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  {columns.map((column) => (
                    <td key={column.name} data-kind={column.kind}>
                      <Form.Item
                        name={[row.name, column.name]}
                        rules={column.required === true ? [{ required: true, message: t("say.required") }] : []}
                        style={{ margin: 0 }}
                      >
                        <Plain field={column} aria-label={w(column.name, noun)} {...(about === undefined ? {} : { about })} />
                      </Form.Item>
                    </td>
                  ))}
                  <td>
                    <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("do.remove")} onClick={() => remove(row.name)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Button size="small" icon={<PlusOutlined />} onClick={() => add(startOf(columns))}>
            {t("do.add")}
          </Button>
        </fieldset>
      )}
    </Form.List>
  )
}
