import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons"
import { Button, Tooltip } from "antd"
import { type ReactNode, useState } from "react"
import { useTranslation } from "../i18n/use"
import { NavLink, useLocation } from "react-router"
import { WallClock } from "../ui/Clock"
import { Boundary } from "./Boundary"
import { Brand, LanguageButton, LinkMark, LinkNotice, SimulatedBadge, UserMenu } from "./HeaderParts"
import { menuFor } from "./menu"
import type { Me } from "./session"

const NARROW = "callcenter.menu.narrow"

/** Top bar and menu around every workplace but the agent's. */
export function Shell({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const [narrow, setNarrow] = useState(() => localStorage.getItem(NARROW) === "1")

  function fold() {
    localStorage.setItem(NARROW, narrow ? "0" : "1")
    setNarrow(!narrow)
  }

  return (
    <div className="shell">
      <header className="bar">
        <a className="skip-link" href="#main">
          {t("menu.main")}
        </a>
        <Brand />
        <span className="workname">{t(`role.${me.role}`)}</span>
        <span className="grow" />
        <SimulatedBadge />
        <LinkMark />
        <span className="link-mark" style={{ color: "var(--bar-text)", fontSize: 13 }}>
          <WallClock />
        </span>
        <LanguageButton />
        <UserMenu me={me} />
      </header>
      <LinkNotice />
      <div className="shell-body" style={{ gridRow: 3 }}>
        <nav className="rail" data-narrow={narrow} aria-label={t("menu.main")}>
          {menuFor(me.role).map((group) => (
            <div key={group.workplace}>
              {!narrow && <div className="rail-group">{t(`workplace.${group.workplace}`)}</div>}
              {group.items.map((entry) => (
                <Tooltip key={entry.key} title={narrow ? t(`menu.${entry.key}`) : undefined} placement="right">
                  <NavLink to={entry.path} aria-label={t(`menu.${entry.key}`)}>
                    {entry.icon}
                    {!narrow && t(`menu.${entry.key}`)}
                  </NavLink>
                </Tooltip>
              ))}
            </div>
          ))}
          <div className="rail-foot">
            <Button
              type="text"
              icon={narrow ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
              onClick={fold}
              aria-label={t(narrow ? "menu.expand" : "menu.collapse")}
            />
          </div>
        </nav>
        <main className="main" id="main" tabIndex={-1}>
          {/* A page that fails leaves the menu standing, and is left by going elsewhere. */}
          <Boundary key={pathname.split("/")[1]}>{children}</Boundary>
        </main>
      </div>
    </div>
  )
}
