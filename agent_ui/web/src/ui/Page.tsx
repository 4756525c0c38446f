import type { ReactNode } from "react"

export function Page(props: { readonly title: string; readonly more?: ReactNode; readonly actions?: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="page">
      <header className="page-head">
        <div className="grow">
          <h1>{props.title}</h1>
          {props.more !== undefined && <p>{props.more}</p>}
        </div>
        {props.actions !== undefined && <div className="actions">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  )
}
