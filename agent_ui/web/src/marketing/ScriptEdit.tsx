import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, Collapse, Drawer, Form, Input, Select } from "antd"
import { ScriptPane } from "../agent/ScriptPane"
import { useCompany } from "../agent/Spoken"
import { type Script, STAGES } from "../agent/workplace"
import "../agent/desk.css"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { nowMs } from "../live/clock"
import { useFailure } from "../ui/failure"
import { calendarDay, dateOf } from "../ui/time"
import "./edit.css"

type Detail = Schemas["ScriptDetail"]

interface Values {
  readonly name: string
  readonly content: Script
}

let fresh = 0
/** Keys only tie branches to steps: nobody reads them. */
const newKey = (kind: string): string => {
  fresh += 1
  return `${kind}_${Math.floor(nowMs()).toString(36)}${String(fresh)}`
}

const emptyStep = () => ({ key: newKey("step"), say: "", hint: "", branches: [] })

export function emptyScript(language: "zh" | "en", titles: readonly string[]): Script {
  return {
    language,
    product: "",
    opening: "",
    stages: STAGES.map((stage, i) => ({ stage, title: titles[i] ?? stage, goal: "", steps: [emptyStep()] })),
    objections: [],
    closing: "",
    must_say: [],
    forbidden: [{ statement: "", law: "" }],
  }
}

/** What is typed so far, as far as it can be shown; half-filled parts are left out. */
export function shownOf(content: Script | undefined): Script | null {
  if (content === undefined) return null
  const text = (value: string | undefined) => value ?? ""
  return {
    ...content,
    opening: text(content.opening),
    closing: text(content.closing),
    stages: content.stages.map((part) => ({
      ...part,
      goal: text(part.goal),
      title: text(part.title),
      steps: part.steps.map((step) => ({ ...step, say: text(step.say), hint: text(step.hint), branches: (step.branches ?? []).filter((one) => text(one.when) !== "").map((one) => ({ ...one, say: text(one.say) })) })),
    })),
    objections: (content.objections ?? []).filter((one) => text(one.objection) !== "").map((one) => ({ ...one, answer: text(one.answer) })),
    must_say: (content.must_say ?? []).filter((one) => text(one) !== ""),
    forbidden: content.forbidden.filter((one) => text(one.statement) !== "").map((one) => ({ ...one, law: text(one.law) })),
  }
}

/** Where a branch may lead: every step and objection by what is said there. */
function useTargets(content: Script | undefined): { value: string; label: string }[] {
  const { t } = useTranslation()
  if (content === undefined) return []
  const clip = (value: string | undefined) => (value ?? "").slice(0, 18)
  return [
    ...content.stages.flatMap((part) => part.steps.map((step, i) => ({ value: step.key, label: `${t(`stage.${part.stage}`)} ${String(i + 1)} · ${clip(step.say)}` }))),
    ...(content.objections ?? []).map((one) => ({ value: one.key, label: `${t("edit.script.objection")} · ${clip(one.objection)}` })),
  ]
}

/** Writing a script: the form on the left, the agent's own view of it on the right. Saving makes a new version. */
export function ScriptEdit({ from, close }: { readonly from: Detail | null; readonly close: () => void }) {
  const { t, language } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const company = useCompany()
  const [form] = Form.useForm<Values>()
  const content = Form.useWatch("content", form) as Script | undefined
  const targets = useTargets(content)
  const save = useMutation({
    mutationFn: (values: Values) => taken(api.POST("/api/scripts", { body: { name: values.name, content: values.content } })),
    onSuccess: async (row) => {
      void message.success(`${t("say.saved")} · ${t("marketing.scripts.version", { n: row.version })}`)
      await queries.invalidateQueries({ queryKey: ["scripts"] })
      close()
    },
    onError: failed,
  })
  const initial: Values =
    from === null
      ? { name: "", content: emptyScript(language, STAGES.map((stage) => t(`stage.${stage}`))) }
      : { name: from.name, content: from.content }
  const blanks = {
    ...company,
    name: t("edit.script.exampleName"),
    agent: t("edit.script.exampleAgent"),
    brochure: t("edit.script.exampleBrochure"),
    posted_on: calendarDay(dateOf(nowMs() - 8 * 86_400_000)),
  }
  const needed = { required: true, whitespace: true, message: t("say.required") }
  return (
    <Drawer
      open
      size={1240}
      onClose={close}
      mask={{ closable: false }}
      title={from === null ? t("edit.script.new") : t("edit.script.editing", { name: from.name, n: from.version })}
      styles={{ body: { padding: 0 } }}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <span className="dim small grow">{t("edit.script.checked")}</span>
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("do.save")}
          </Button>
        </div>
      }
    >
      <div className="script-edit">
        <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(values) => save.mutate(values)} scrollToFirstError={{ block: "center" }} className="script-edit-form">
          <p className="dim">{t("edit.script.frozen")}</p>
          <div className="form-row">
            <Form.Item name="name" label={t("edit.script.name")} rules={[needed]}>
              <Input maxLength={300} disabled={from !== null} />
            </Form.Item>
            <Form.Item name={["content", "product"]} label={t("marketing.scripts.product")} rules={[needed]}>
              <Input maxLength={300} />
            </Form.Item>
            <Form.Item name={["content", "language"]} label={t("marketing.scripts.language")}>
              <Select options={(["zh", "en"] as const).map((value) => ({ value, label: t(`marketing.scripts.languages.${value}`) }))} />
            </Form.Item>
          </div>
          <Form.Item name={["content", "opening"]} label={t("edit.script.opening")} extra={t("edit.script.blanks")} rules={[needed]}>
            <Input.TextArea maxLength={4000} autoSize={{ minRows: 2, maxRows: 8 }} />
          </Form.Item>
          <Collapse
            defaultActiveKey={["0"]}
            items={[
              ...STAGES.map((stage, i) => ({ key: String(i), forceRender: true, label: `${String(i + 1)} · ${t(`stage.${stage}`)}`, children: <Stage at={i} targets={targets} /> })),
              { key: "objections", forceRender: true, label: t("edit.script.objections"), children: <Objections /> },
              { key: "rules", forceRender: true, label: `${t("edit.script.mustSay")} · ${t("edit.script.forbidden")}`, children: <Bounds /> },
            ]}
          />
          <Form.Item name={["content", "closing"]} label={t("edit.script.closing")} rules={[needed]} style={{ marginTop: 16 }}>
            <Input.TextArea maxLength={4000} autoSize={{ minRows: 2, maxRows: 6 }} />
          </Form.Item>
        </Form>
        <aside className="script-edit-preview" aria-label={t("edit.script.preview")}>
          <h3>{t("edit.script.preview")}</h3>
          <ScriptPane script={shownOf(content ?? initial.content)} call={undefined} blanks={blanks} selling />
        </aside>
      </div>
    </Drawer>
  )
}

function Stage({ at, targets }: { readonly at: number; readonly targets: { value: string; label: string }[] }) {
  const { t } = useTranslation()
  const needed = { required: true, whitespace: true, message: t("say.required") }
  return (
    <>
      <Form.Item name={["content", "stages", at, "stage"]} hidden>
        <Input />
      </Form.Item>
      <div className="form-row" style={{ gridTemplateColumns: "1fr 2fr" }}>
        <Form.Item name={["content", "stages", at, "title"]} label={t("edit.script.stageTitle")} rules={[needed]}>
          <Input maxLength={300} />
        </Form.Item>
        <Form.Item name={["content", "stages", at, "goal"]} label={t("edit.script.goal")} rules={[needed]}>
          <Input maxLength={4000} />
        </Form.Item>
      </div>
      <Form.List name={["content", "stages", at, "steps"]}>
        {(steps, { add, remove, move }) => (
          <>
            {steps.map(({ key, name }) => (
              <section key={key} className="edit-step">
                <header className="row">
                  <strong>{t("edit.script.step", { n: name + 1 })}</strong>
                  <span className="grow" />
                  <Button type="text" size="small" icon={<ArrowUpOutlined />} disabled={name === 0} aria-label={t("edit.script.moveUp")} onClick={() => move(name, name - 1)} />
                  <Button type="text" size="small" icon={<DeleteOutlined />} disabled={steps.length === 1} aria-label={t("do.remove")} onClick={() => remove(name)} />
                </header>
                <Form.Item name={[name, "key"]} hidden>
                  <Input />
                </Form.Item>
                <Form.Item name={[name, "say"]} label={t("edit.script.say")} rules={[needed]}>
                  <Input.TextArea maxLength={4000} autoSize={{ minRows: 2, maxRows: 8 }} />
                </Form.Item>
                <Form.Item name={[name, "hint"]} label={t("edit.script.hint")}>
                  <Input maxLength={1000} />
                </Form.Item>
                <Form.List name={[name, "branches"]}>
                  {(branches, branch) => (
                    <>
                      {branches.map(({ key: branchKey, name: no }) => (
                        <div key={branchKey} className="edit-branch">
                          <Form.Item name={[no, "when"]} rules={[needed]}>
                            <Input maxLength={300} placeholder={t("edit.script.when")} aria-label={t("edit.script.when")} />
                          </Form.Item>
                          <Form.Item name={[no, "say"]} rules={[needed]}>
                            <Input.TextArea maxLength={4000} autoSize={{ minRows: 1, maxRows: 6 }} placeholder={t("edit.script.answer")} aria-label={t("edit.script.answer")} />
                          </Form.Item>
                          <Form.Item name={[no, "go_to"]}>
                            <Select allowClear options={targets} placeholder={`→ ${t("edit.script.nextStep")}`} aria-label={t("edit.script.goTo")} popupMatchSelectWidth={320} />
                          </Form.Item>
                          <Button type="text" icon={<DeleteOutlined />} aria-label={t("do.remove")} onClick={() => branch.remove(no)} />
                        </div>
                      ))}
                      <Button size="small" type="dashed" icon={<PlusOutlined />} disabled={branches.length >= 12} onClick={() => branch.add({ when: "", say: "", go_to: null })}>
                        {t("edit.script.addBranch")}
                      </Button>
                    </>
                  )}
                </Form.List>
              </section>
            ))}
            <Button icon={<PlusOutlined />} disabled={steps.length >= 20} onClick={() => add(emptyStep())}>
              {t("edit.script.addStep")}
            </Button>
          </>
        )}
      </Form.List>
    </>
  )
}

function Objections() {
  const { t } = useTranslation()
  const needed = { required: true, whitespace: true, message: t("say.required") }
  return (
    <Form.List name={["content", "objections"]}>
      {(rows, { add, remove }) => (
        <>
          {rows.map(({ key, name }) => (
            <div key={key} className="edit-branch two">
              <Form.Item name={[name, "key"]} hidden>
                <Input />
              </Form.Item>
              <Form.Item name={[name, "objection"]} rules={[needed]}>
                <Input maxLength={300} placeholder={t("edit.script.objection")} aria-label={t("edit.script.objection")} />
              </Form.Item>
              <Form.Item name={[name, "answer"]} rules={[needed]}>
                <Input.TextArea maxLength={4000} autoSize={{ minRows: 1, maxRows: 6 }} placeholder={t("edit.script.answer")} aria-label={t("edit.script.answer")} />
              </Form.Item>
              <Button type="text" icon={<DeleteOutlined />} aria-label={t("do.remove")} onClick={() => remove(name)} />
            </div>
          ))}
          <Button size="small" type="dashed" icon={<PlusOutlined />} disabled={rows.length >= 40} onClick={() => add({ key: newKey("objection"), objection: "", answer: "" })}>
            {t("edit.script.addObjection")}
          </Button>
        </>
      )}
    </Form.List>
  )
}

/** What has to be told before an order, and what may never be said, with its law. */
function Bounds() {
  const { t } = useTranslation()
  const needed = { required: true, whitespace: true, message: t("say.required") }
  return (
    <>
      <h4>{t("edit.script.mustSay")}</h4>
      <Form.List name={["content", "must_say"]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map(({ key, name }) => (
              <div key={key} className="edit-branch one">
                <Form.Item name={name} rules={[needed]}>
                  <Input.TextArea maxLength={4000} autoSize={{ minRows: 1, maxRows: 4 }} aria-label={t("edit.script.mustSay")} />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("do.remove")} onClick={() => remove(name)} />
              </div>
            ))}
            <Button size="small" type="dashed" icon={<PlusOutlined />} disabled={rows.length >= 20} onClick={() => add("")}>
              {t("edit.script.addMust")}
            </Button>
          </>
        )}
      </Form.List>
      <h4 style={{ marginTop: 16 }}>{t("edit.script.forbidden")}</h4>
      <Form.List name={["content", "forbidden"]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map(({ key, name }) => (
              <div key={key} className="edit-branch two">
                <Form.Item name={[name, "statement"]} rules={[needed]}>
                  <Input maxLength={300} placeholder={t("edit.script.statement")} aria-label={t("edit.script.statement")} />
                </Form.Item>
                <Form.Item name={[name, "law"]} rules={[needed]}>
                  <Input maxLength={300} placeholder={t("edit.script.law")} aria-label={t("edit.script.law")} />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} disabled={rows.length === 1} aria-label={t("do.remove")} onClick={() => remove(name)} />
              </div>
            ))}
            <Button size="small" type="dashed" icon={<PlusOutlined />} disabled={rows.length >= 40} onClick={() => add({ statement: "", law: "" })}>
              {t("edit.script.addForbidden")}
            </Button>
          </>
        )}
      </Form.List>
    </>
  )
}
