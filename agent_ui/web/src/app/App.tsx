import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { App as AntApp, ConfigProvider } from "antd"
import en from "antd/locale/en_GB"
import zh from "antd/locale/zh_CN"
import dayjs from "dayjs"
import "dayjs/locale/en-gb"
import "dayjs/locale/zh-cn"
import { useEffect } from "react"
import { useTranslation } from "../i18n/use"
import { BrowserRouter } from "react-router"
import { onSignedOut, Refusal } from "../api/client"
import { Boundary } from "./Boundary"
import { useAppearance } from "./appearance"
import { Router } from "./routes"
import { sessionEnded } from "./session"
import { themeOf } from "./theme"

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // A refusal stays one, however often it is asked; a server that could not answer is asked again.
      retry: (count, error) => !(error instanceof Refusal && error.problem.status < 500) && count < 2,
    },
  },
})

onSignedOut(() => {
  queries.clear()
  sessionEnded()
})

export function App() {
  const { language } = useTranslation()
  const appearance = useAppearance((state) => state.appearance)
  useEffect(() => {
    dayjs.locale(language === "zh" ? "zh-cn" : "en-gb")
    // What the server says in words it says in the language of the question.
    void queries.invalidateQueries()
  }, [language])
  return (
    <ConfigProvider locale={language === "zh" ? zh : en} theme={themeOf(appearance)} button={{ autoInsertSpace: false }}>
      <AntApp style={{ height: "100%" }} message={{ maxCount: 3 }}>
        <QueryClientProvider client={queries}>
          <Boundary>
            <BrowserRouter>
              <Router />
            </BrowserRouter>
          </Boundary>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  )
}
