/** One entry of the menu: its nouns as tabs, and the document that one of them opened. */
import { Tabs } from "antd"
import { Navigate, Route, Routes, useNavigate, useParams } from "react-router"
import { useTranslation } from "../i18n/use"
import { Page } from "../ui/Page"
import { Nothing } from "../ui/states"
import { factsOf, type NounName } from "./catalogue"
import { hasDocument, hasList } from "./nouns"
import { OfficeDocument } from "./OfficeDocument"
import { OfficeList } from "./OfficeList"
import { nounAt, pathOf, SECTIONS } from "./sections"
import type { OfficeKey } from "./sectionKeys"
import { useWord } from "./words"
import "./office.css"

export default function OfficeSection({ section }: { readonly section: OfficeKey }) {
  const nouns = SECTIONS[section].filter((noun) => hasList(noun))
  const first = nouns[0]
  return (
    <Routes>
      <Route index element={first === undefined ? <Lost /> : <Navigate to={pathOf(first)} replace />} />
      <Route path=":noun" element={<ListPage section={section} nouns={nouns} />} />
      <Route path=":noun/:id" element={<DocumentPage section={section} />} />
    </Routes>
  )
}

function Lost() {
  const { t } = useTranslation()
  return <Nothing title={t("say.pageLost")} more={t("say.pageLostMore")} />
}

function ListPage({ section, nouns }: { readonly section: OfficeKey; readonly nouns: readonly NounName[] }) {
  const { t } = useTranslation()
  const w = useWord()
  const navigate = useNavigate()
  const noun = nounAt(nouns, useParams().noun)
  if (noun === undefined) return <Lost />
  return (
    <Page title={t(`menu.${section}`)} more={t(`office.about.${section}`)}>
      {nouns.length > 1 && (
        <Tabs
          className="office-tabs"
          activeKey={noun}
          onChange={(key) => void navigate(pathOf(key as NounName))}
          items={nouns.map((key) => ({ key, label: w(factsOf(key).word ?? key) }))}
        />
      )}
      <OfficeList key={noun} name={noun} />
    </Page>
  )
}

function DocumentPage({ section }: { readonly section: OfficeKey }) {
  const { noun: part, id } = useParams()
  const noun = nounAt(SECTIONS[section], part)
  if (noun === undefined || id === undefined || !hasDocument(noun)) return <Lost />
  return (
    <div className="page">
      <OfficeDocument key={id} name={noun} id={id} />
    </div>
  )
}
