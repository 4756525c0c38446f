/** Which pages each role has. A page is added here and in routes.tsx, nowhere else. */
import {
  AccountBookOutlined,
  AimOutlined,
  ApartmentOutlined,
  AudioOutlined,
  AuditOutlined,
  BarChartOutlined,
  BellOutlined,
  BookOutlined,
  BranchesOutlined,
  CalculatorOutlined,
  CarOutlined,
  CarryOutOutlined,
  CloudUploadOutlined,
  CommentOutlined,
  ContainerOutlined,
  CreditCardOutlined,
  DashboardOutlined,
  ExceptionOutlined,
  FileProtectOutlined,
  FileTextOutlined,
  FilterOutlined,
  FlagOutlined,
  FundOutlined,
  MailOutlined,
  MessageOutlined,
  NumberOutlined,
  PhoneOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  SettingOutlined,
  ShopOutlined,
  SnippetsOutlined,
  SolutionOutlined,
  StopOutlined,
  TableOutlined,
  TeamOutlined,
  TrophyOutlined,
  UserOutlined,
  WalletOutlined,
} from "@ant-design/icons"
import type { ReactNode } from "react"
import type { Role } from "../live/protocol.gen"
import type { Words } from "../i18n"
import { SECTION_PATHS } from "../backoffice/sectionKeys"

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
      item("lines", "/lines", <NumberOutlined />, "supervisor"),
      item("recordings", "/recording-rules", <AudioOutlined />, "supervisor", "marketing"),
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
    items: [
      item("tasks", "/tasks", <CarryOutOutlined />, "back_office"),
      item("orders", "/orders", <FileTextOutlined />, "supervisor"),
      item("orderBook", SECTION_PATHS.orderBook, <FileTextOutlined />, "back_office"),
      item("deliveries", SECTION_PATHS.deliveries, <CarOutlined />, "back_office"),
      item("receivables", SECTION_PATHS.receivables, <AccountBookOutlined />, "back_office"),
      item("collection", SECTION_PATHS.collection, <BellOutlined />, "back_office"),
      item("advances", SECTION_PATHS.advances, <WalletOutlined />, "back_office"),
      item("problemAccounts", SECTION_PATHS.problemAccounts, <ExceptionOutlined />, "back_office"),
      item("contracts", SECTION_PATHS.contracts, <FileProtectOutlined />, "back_office"),
      item("credit", SECTION_PATHS.credit, <ShopOutlined />, "back_office"),
      item("approvals", SECTION_PATHS.approvals, <SolutionOutlined />, "back_office"),
      item("budgets", SECTION_PATHS.budgets, <CalculatorOutlined />, "back_office"),
      item("expenses", SECTION_PATHS.expenses, <CreditCardOutlined />, "back_office"),
      item("distributors", SECTION_PATHS.distributors, <ApartmentOutlined />, "back_office"),
      item("marketingControl", SECTION_PATHS.marketingControl, <AimOutlined />, "back_office"),
      item("conferences", SECTION_PATHS.conferences, <CommentOutlined />, "back_office"),
      item("rewards", SECTION_PATHS.rewards, <TrophyOutlined />, "back_office"),
      item("franchising", SECTION_PATHS.franchising, <BranchesOutlined />, "back_office"),
      item("moreLists", SECTION_PATHS.moreLists, <ContainerOutlined />, "back_office"),
      item("documents", SECTION_PATHS.documents, <SnippetsOutlined />, "back_office"),
      item("reports", "/reports", <FundOutlined />, "back_office"),
      item("reportRows", SECTION_PATHS.reportRows, <TableOutlined />, "back_office"),
      item("officeSettings", "/office-settings", <SettingOutlined />, "back_office"),
    ],
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
  back_office: "/tasks",
  administrator: "/live",
}

export const homeOf = (role: Role): string => HOME[role]

/** Roles whose screens follow the live events. */
export const hasLive = (role: Role): boolean => role === "agent" || role === "supervisor" || role === "administrator"
