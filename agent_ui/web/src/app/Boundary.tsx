import { Button } from "antd"
import i18next from "i18next"
import { Component, type ReactNode } from "react"
import { Nothing } from "../ui/states"

/** A page that fails says so, with a way on, instead of going white. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <Nothing title={i18next.t("say.broken")} more={i18next.t("say.brokenMore")}>
        <Button type="primary" onClick={() => window.location.reload()}>
          {i18next.t("do.reload")}
        </Button>
      </Nothing>
    )
  }
}
