/** Addresses of the back office's sections, for the menu: without anything that would load the sections. */
export const SECTION_PATHS = {
  orderBook: "/order-book",
  deliveries: "/deliveries",
  receivables: "/receivables",
  collection: "/collection",
  advances: "/advances",
  problemAccounts: "/problem-accounts",
  contracts: "/contracts",
  credit: "/credit",
  approvals: "/approvals",
  documents: "/controlled-documents",
  reportRows: "/report-rows",
  budgets: "/budgets",
  expenses: "/expenses",
  distributors: "/distributors",
  marketingControl: "/marketing-control",
  conferences: "/conferences",
  rewards: "/rewards",
  franchising: "/franchising",
  moreLists: "/more-lists",
} as const

export type OfficeKey = keyof typeof SECTION_PATHS
