/** Which pages each role has. A page is added here and in routes.tsx, nowhere else. */
import {
  AuditOutlined,
  BarChartOutlined,
  BookOutlined,
  CloudUploadOutlined,
  DashboardOutlined,
  FileTextOutlined,
  FilterOutlined,
  FlagOutlined,
  MailOutlined,
  MessageOutlined,
  PhoneOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  StopOutlined,
  TeamOutlined,
  UserOutlined,
} from "@ant-design/icons"
import type { ReactNode } from "react"
import type { Role } from "../live/protocol.gen"
import type { Words } from "../i18n"

export type PageKey = Exclude<keyof Words["menu"], "collapse" | "expand" | "main">
export type Workplace = keyof Words["workplace"]

export interface MenuItem {
  readonly key: PageKey
  readonly path: string
  readonly icon: ReactNode
  readonly roles: readonly Role[]
}

export interface MenuGroup {
  readonly workplace: Workplace
  readonly items: readonly MenuItem[]
}

const item = (key: PageKey, path: string, icon: ReactNode, ...roles: Role[]): MenuItem => ({ key, path, icon, roles })

/** Administrators see every page but the agent's desk. */
export const MENU: readonly MenuGroup[] = [
  {
    workplace: "supervisor",
    items: [
      item("live", "/live", <DashboardOutlined />, "supervisor"),
      item("calls", "/calls", <PhoneOutlined />, "supervisor"),
      item("followUps", "/follow-ups", <FlagOutlined />, "supervisor"),
      item("control", "/control", <BarChartOutlined />, "supervisor", "marketing"),
    ],
  },
  {
    workplace: "marketing",
    items: [
      item("campaigns", "/campaigns", <ScheduleOutlined />, "marketing", "supervisor"),
      item("mailings", "/mailings", <MailOutlined />, "marketing"),
      item("segments", "/segments", <FilterOutlined />, "marketing"),
      item("customers", "/customers", <TeamOutlined />, "marketing", "supervisor"),
      item("imports", "/imports", <CloudUploadOutlined />, "marketing"),
      item("doNotCall", "/do-not-call", <StopOutlined />, "marketing", "supervisor"),
      item("brochures", "/brochures", <BookOutlined />, "marketing"),
      item("scripts", "/scripts", <MessageOutlined />, "marketing", "supervisor"),
    ],
  },
  {
    workplace: "backoffice",
    items: [item("orders", "/orders", <FileTextOutlined />, "back_office", "supervisor")],
  },
  {
    workplace: "administration",
    items: [
      item("users", "/users", <UserOutlined />, "administrator"),
      item("privacy", "/privacy", <SafetyCertificateOutlined />, "supervisor", "back_office"),
      item("audit", "/audit", <AuditOutlined />, "administrator", "supervisor"),
    ],
  },
]

export function menuFor(role: Role): readonly MenuGroup[] {
  return MENU.map((group) => ({
    ...group,
    items: group.items.filter((entry) => role === "administrator" || entry.roles.includes(role)),
  })).filter((group) => group.items.length > 0)
}

const HOME: Record<Role, string> = {
  agent: "/desk",
  supervisor: "/live",
  marketing: "/campaigns",
  back_office: "/orders",
  administrator: "/live",
}

export const homeOf = (role: Role): string => HOME[role]

/** Roles whose screens follow the live events. */
export const hasLive = (role: Role): boolean => role === "agent" || role === "supervisor" || role === "administrator"
