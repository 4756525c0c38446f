/** Addresses and what is behind them. Each workplace is a bundle of its own. */
import { lazy, type ReactNode, Suspense, useEffect } from "react"
import { useTranslation } from "../i18n/use"
import { Navigate, Route, Routes } from "react-router"
import { startLive, stopLive } from "../live/store"
import { Loading, Nothing } from "../ui/states"
import { type OfficeKey, SECTION_PATHS } from "../backoffice/sectionKeys"
import { hasLive, homeOf, menuFor } from "./menu"
import { loadSession, type Me, stillSignedIn, useSession } from "./session"
import { Shell } from "./Shell"
import { SignIn } from "./SignIn"
import { Failed } from "../ui/states"
import { useState } from "react"

const Desk = lazy(() => import("../agent/Desk"))
const OfficeSection = lazy(() => import("../backoffice/OfficeSection"))
const OFFICE: Readonly<Record<string, ReactNode>> = Object.fromEntries(
  (Object.keys(SECTION_PATHS) as OfficeKey[]).map((key) => [key, <OfficeSection key={key} section={key} />]),
)
const PAGES: Readonly<Record<string, ReactNode>> = Object.fromEntries(
  Object.entries({
    live: lazy(() => import("../supervisor/LivePage")),
    calls: lazy(() => import("../supervisor/CallLogPage")),
    followUps: lazy(() => import("../supervisor/FollowUpsPage")),
    control: lazy(() => import("../supervisor/control/ControlPage")),
    lines: lazy(() => import("../supervisor/lines/LinesPage")),
    recordings: lazy(() => import("../supervisor/RecordingRulesPage")),
    imports: lazy(() => import("../marketing/imports/ImportsPage")),
    customers: lazy(() => import("../marketing/CustomersPage")),
    doNotCall: lazy(() => import("../marketing/DoNotCallPage")),
    segments: lazy(() => import("../marketing/SegmentsPage")),
    brochures: lazy(() => import("../marketing/BrochuresPage")),
    mailings: lazy(() => import("../marketing/MailingsPage")),
    campaigns: lazy(() => import("../marketing/campaigns/CampaignsPage")),
    scripts: lazy(() => import("../marketing/ScriptsPage")),
    orders: lazy(() => import("../backoffice/OrdersPage")),
    tasks: lazy(() => import("../backoffice/TasksPage")),
    reports: lazy(() => import("../backoffice/ReportsPage")),
    officeSettings: lazy(() => import("../backoffice/OfficeSettingsPage")),
    users: lazy(() => import("../administration/UsersPage")),
    privacy: lazy(() => import("../administration/PrivacyPage")),
    audit: lazy(() => import("../administration/AuditPage")),
  }).map(([key, PageOf]) => [key, <PageOf key={key} />]),
)

const AGAIN_MS = 5_000

export function Router() {
  const { me } = useSession()
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    if (me !== undefined) return
    if (failure === null) {
      loadSession().catch(setFailure)
      return
    }
    // The server could not be asked; it is asked again by itself.
    const again = setTimeout(() => setFailure(null), AGAIN_MS)
    return () => clearTimeout(again)
  }, [me, failure])

  if (me === undefined) return failure === null ? <Loading /> : <Failed error={failure} retry={() => setFailure(null)} />
  if (me === null) return <SignIn />
  return <SignedIn key={me.id} me={me} />
}

function SignedIn({ me }: { readonly me: Me }) {
  const live = hasLive(me.role)
  useEffect(() => {
    if (!live) return
    startLive(stillSignedIn)
    return stopLive
  }, [live, me.id])

  const home = homeOf(me.role)
  if (me.role === "agent") {
    return (
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/desk" element={<Desk />} />
          <Route path="*" element={<Navigate to={home} replace />} />
        </Routes>
      </Suspense>
    )
  }
  return (
    <Shell me={me}>
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/" element={<Navigate to={home} replace />} />
          {menuFor(me.role).flatMap(({ items }) =>
            items.map(({ key, path }) => <Route key={key} path={`${path}/*`} element={OFFICE[key] ?? PAGES[key]} />),
          )}
          <Route path="*" element={<Lost />} />
        </Routes>
      </Suspense>
    </Shell>
  )
}

function Lost() {
  const { t } = useTranslation()
  return <Nothing title={t("say.pageLost")} more={t("say.pageLostMore")} />
}
