import { PlusOutlined } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Form, Input, Modal, Segmented, Select, Switch, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { ENUMS, type Role } from "../live/protocol.gen"
import { useFailure } from "../ui/failure"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Mark } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { fullTime } from "../ui/time"

type Row = Schemas["UserOut"]
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$/
const LEAST_PASSWORD = 10

export default function UsersPage() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [search, setSearch] = useState("")
  const [role, setRole] = useState<Role>()
  const [active, setActive] = useState<boolean>()
  const [editing, setEditing] = useState<Row | "new" | null>(null)
  const [resetting, setResetting] = useState<Row | null>(null)
  const query = { ...(search === "" ? {} : { search }), ...(role === undefined ? {} : { role }), ...(active === undefined ? {} : { active }) }
  const asked = useQuery({
    queryKey: ["users", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/users", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const again = (then: () => void) => {
    then()
    paging.rewind()
  }
  const columns: TableProps<Row>["columns"] = [
    { title: t("office.users.name"), width: 150, dataIndex: "name", render: (name: string) => <strong>{name}</strong> },
    { title: t("office.users.login"), width: 160, dataIndex: "login" },
    { title: t("office.users.role"), width: 120, render: (_, row) => <Mark tone={row.role === "administrator" ? "warn" : "plain"}>{t(`role.${row.role}`)}</Mark> },
    { title: t("office.users.language"), width: 90, render: (_, row) => t(`marketing.scripts.languages.${row.language}`) },
    { title: t("office.users.active"), width: 100, render: (_, row) => <Mark tone={row.active ? "good" : "plain"}>{t(row.active ? "office.users.active" : "office.users.inactive")}</Mark> },
    { title: t("office.users.created"), width: 180, render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
    {
      title: t("ui.actions"),
      width: 190,
      render: (_, row) => (
        <span className="row" style={{ gap: 0 }}>
          <Button type="link" size="small" onClick={() => setEditing(row)}>
            {t("do.edit")}
          </Button>
          <Button type="link" size="small" onClick={() => setResetting(row)}>
            {t("office.users.setPassword")}
          </Button>
        </span>
      ),
    },
  ]
  return (
    <Page
      title={t("menu.users")}
      more={t("office.users.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("office.users.new")}
        </Button>
      }
    >
      <div className="sheet">
        <div className="filters">
          <Input.Search allowClear placeholder={t("office.users.search")} aria-label={t("office.users.search")} maxLength={100} onSearch={(value) => again(() => setSearch(value.trim()))} style={{ width: 210 }} />
          <Select allowClear placeholder={t("office.users.role")} aria-label={t("office.users.role")} options={ENUMS.Role.map((value) => ({ value, label: t(`role.${value}`) }))} value={role} onChange={(value?: Role) => again(() => setRole(value))} style={{ width: 140 }} />
          <Segmented<string>
            aria-label={t("office.users.active")}
            value={active === undefined ? "all" : String(active)}
            onChange={(value) => again(() => setActive(value === "all" ? undefined : value === "true"))}
            options={[
              { value: "all", label: t("office.users.all") },
              { value: "true", label: t("office.users.active") },
              { value: "false", label: t("office.users.inactive") },
            ]}
          />
        </div>
        <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={950} empty={<Nothing title={t("office.users.none")} />} />
      </div>
      {editing !== null && <Editor user={editing === "new" ? null : editing} close={() => setEditing(null)} />}
      {resetting !== null && <SetPassword user={resetting} close={() => setResetting(null)} />}
    </Page>
  )
}

interface Values {
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly language: "zh" | "en"
  readonly password: string
  readonly active: boolean
  readonly address?: string
}

function Editor({ user, close }: { readonly user: Row | null; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: ({ login, password, active, address, ...rest }: Values) => {
      const sound = address === undefined || address === "" ? null : address
      return user === null
        ? taken(api.POST("/api/users", { body: { login, password, address: sound, ...rest } }))
        : taken(api.PATCH("/api/users/{user_id}", { params: { path: { user_id: user.id } }, body: { ...rest, active, address: sound, version: user.version } }))
    },
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["users"] })
      close()
    },
    onError: failed,
  })
  const needed = { required: true, message: t("say.required") }
  return (
    <Modal open title={user === null ? t("office.users.new") : t("office.users.edit", { name: user.name })} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={save.isPending} width={480}>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={user === null ? { role: "agent", language: "zh", active: true } : { ...user, address: user.address ?? "" }}
        onFinish={(values) => save.mutate(values)}
      >
        <div className="form-row">
          <Form.Item name="login" label={t("office.users.login")} rules={[needed, { pattern: LOGIN, message: t("office.users.loginMore") }]}>
            <Input disabled={user !== null} maxLength={64} autoComplete="off" />
          </Form.Item>
          <Form.Item name="name" label={t("office.users.name")} rules={[{ ...needed, whitespace: true }]}>
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
        </div>
        <div className="form-row">
          <Form.Item name="role" label={t("office.users.role")} rules={[needed]}>
            <Select options={ENUMS.Role.map((value) => ({ value, label: t(`role.${value}`) }))} />
          </Form.Item>
          <Form.Item name="language" label={t("office.users.language")}>
            <Select
              options={[
                { value: "zh", label: "中文" },
                { value: "en", label: "English" },
              ]}
            />
          </Form.Item>
        </div>
        {user === null ? (
          <Form.Item name="password" label={t("office.users.password")} extra={t("office.users.passwordMore")} rules={[{ ...needed, min: LEAST_PASSWORD }]}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        ) : (
          <Form.Item name="active" label={t("office.users.active")} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
        <Form.Item name="address" label={t("office.users.soundAddress")} extra={t("office.users.soundMore")}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function SetPassword({ user, close }: { readonly user: Row; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const [form] = Form.useForm<{ readonly password: string }>()
  const save = useMutation({
    mutationFn: (body: { readonly password: string }) => taken(api.POST("/api/users/{user_id}/password", { params: { path: { user_id: user.id } }, body })),
    onSuccess: () => {
      void message.success(t("office.users.passwordSet"))
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={`${t("office.users.setPassword")}: ${user.name}`} onCancel={close} onOk={() => form.submit()} okText={t("do.save")} confirmLoading={save.isPending} width={420}>
      <Form form={form} layout="vertical" onFinish={(values) => save.mutate(values)} requiredMark={false}>
        <Form.Item name="password" label={t("office.users.password")} extra={t("office.users.passwordMore")} rules={[{ required: true, min: LEAST_PASSWORD, message: t("office.users.passwordMore") }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
