/** One page of a list from the server, with its three other states. */
import { Table, type TableProps } from "antd"
import { type ReactNode, useState } from "react"
import { useTranslation } from "../i18n/use"
import { Failed, Loading, Nothing } from "./states"

export interface Paging {
  readonly limit: number
  readonly offset: number
}

export interface PageState extends Paging {
  readonly turn: (page: number, size: number) => void
  /** Back to the first page: what a changed filter asks for. */
  readonly rewind: () => void
}

export function usePaging(size = 50): PageState {
  const [paging, setPaging] = useState<Paging>({ limit: size, offset: 0 })
  return {
    ...paging,
    turn: (page, limit) => setPaging({ limit, offset: (page - 1) * limit }),
    rewind: () => setPaging((before) => ({ ...before, offset: 0 })),
  }
}

interface Asked<Row> {
  readonly data: { readonly rows: Row[]; readonly total: number } | undefined
  readonly isPending: boolean
  readonly isError: boolean
  readonly isFetching: boolean
  readonly error: unknown
  readonly refetch: () => unknown
}

interface Props<Row extends object> {
  readonly asked: Asked<Row>
  readonly paging: PageState
  readonly columns: NonNullable<TableProps<Row>["columns"]>
  readonly rowKey: keyof Row & string
  readonly width?: number
  readonly empty?: ReactNode
  readonly open?: (row: Row) => void
  readonly expandable?: TableProps<Row>["expandable"]
}

export function PagedTable<Row extends object>({ asked, paging, columns, rowKey, width, empty, open, expandable }: Props<Row>) {
  const { t } = useTranslation()
  if (asked.isPending) return <Loading rows={8} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <Table<Row>
      size="small"
      rowKey={rowKey}
      columns={columns}
      dataSource={asked.data?.rows ?? []}
      loading={asked.isFetching ? { delay: 300 } : false}
      scroll={{ x: width ?? 900 }}
      locale={{ emptyText: empty ?? <Nothing title={t("say.nothingFound")} /> }}
      {...(expandable === undefined ? {} : { expandable })}
      onRow={(row) => (open === undefined ? {} : { onClick: () => open(row), style: { cursor: "pointer" } })}
      pagination={{
        current: paging.offset / paging.limit + 1,
        pageSize: paging.limit,
        total: asked.data?.total ?? 0,
        pageSizeOptions: [20, 50, 100, 200],
        showSizeChanger: true,
        showTotal: (n) => t("unit.total", { n }),
        onChange: paging.turn,
        style: { margin: 0, padding: "10px 14px" },
        hideOnSinglePage: (asked.data?.total ?? 0) <= 20,
      }}
    />
  )
}
