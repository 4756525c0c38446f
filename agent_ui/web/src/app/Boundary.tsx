import { Button } from "antd"
import { Component, type ReactNode } from "react"
import { translate } from "../i18n"
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
      <Nothing title={translate("say.broken")} more={translate("say.brokenMore")}>
        <Button type="primary" onClick={() => window.location.reload()}>
          {translate("do.reload")}
        </Button>
      </Nothing>
    )
  }
}
