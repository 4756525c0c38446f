import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input, Select } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Mark } from "../ui/StateMark"

type Given = Schemas["NumberGiven"]
type Kind = NonNullable<Given["kind"]>
const KINDS: readonly Kind[] = ["mobile", "home", "work", "other"]

/** The numbers of a customer in the order in which they are tried; dead ones say so. */
export function NumbersPanel({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [phone, setPhone] = useState("")
  const [kind, setKind] = useState<Kind>("mobile")
  const path = { path: { customer_id: customerId } }
  const { data } = useQuery({
    queryKey: ["customer", customerId, "numbers"],
    queryFn: () => taken(api.GET("/api/customers/{customer_id}/numbers", { params: path })),
  })
  const save = useMutation({
    mutationFn: (numbers: Given[]) => taken(api.PUT("/api/customers/{customer_id}/numbers", { params: path, body: { version: data?.version ?? 1, numbers } })),
    onSuccess: async () => {
      setPhone("")
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["customer", customerId] })
    },
    onError: failed,
  })
  if (data === undefined) return null
  const further = data.numbers.filter((one) => !one.own).map((one): Given => ({ key: one.key, kind: one.kind }))
  const raised = (index: number) => [...further.slice(0, index - 1), ...further.slice(index, index + 1), ...further.slice(index - 1, index), ...further.slice(index + 1)]
  return (
    <section className="block">
      <h3>{t("marketing.numbers.title")}</h3>
      <p className="dim small">{t("marketing.numbers.more")}</p>
      {data.numbers.map((one, at) => (
        <div key={one.key} className="row" style={{ minHeight: 34 }}>
          <span className="num" style={{ minWidth: 150 }}>
            {one.masked_phone}
          </span>
          <span className="dim">{one.own ? t("marketing.numbers.own") : t(`marketing.numbers.kind.${one.kind}`)}</span>
          {one.state !== "usable" && <Mark tone="bad">{t(`marketing.numbers.state.${one.state}`)}</Mark>}
          <span className="grow" />
          {at > 1 && <Button type="text" icon={<ArrowUpOutlined />} aria-label={t("marketing.numbers.up")} onClick={() => save.mutate(raised(at - 1))} />}
          {!one.own && (
            <Button type="text" icon={<DeleteOutlined />} aria-label={t("marketing.numbers.remove")} onClick={() => save.mutate(further.filter((_, index) => index !== at - 1))} />
          )}
        </div>
      ))}
      <div className="row">
        <Select<Kind> aria-label={t("marketing.numbers.addKind")} value={kind} onChange={setKind} style={{ width: 110 }} options={KINDS.map((value) => ({ value, label: t(`marketing.numbers.kind.${value}`) }))} />
        <Input value={phone} maxLength={60} inputMode="tel" aria-label={t("marketing.numbers.add")} placeholder={t("marketing.numbers.add")} onChange={(event) => setPhone(event.target.value)} />
        <Button icon={<PlusOutlined />} disabled={phone.trim().length < 3} loading={save.isPending} onClick={() => save.mutate([...further, { phone, kind }])}>
          {t("marketing.numbers.addDo")}
        </Button>
      </div>
    </section>
  )
}
