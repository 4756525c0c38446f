import { createRoot } from "react-dom/client"
import { App } from "./app/App"
import "./app/app.css"
import { learnInstallation } from "./app/installation"
import { startI18n } from "./i18n"
import { nowMs } from "./live/clock"

const RELOADED = "reloaded-at"
const ONCE_IN_MS = 60_000

// The console was built anew while this page was open, and a part of the old build is gone: the new page has it.
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0)
  if (nowMs() - last < ONCE_IN_MS) return
  event.preventDefault()
  sessionStorage.setItem(RELOADED, String(nowMs()))
  window.location.reload()
})

async function start(): Promise<void> {
  await startI18n()
  await learnInstallation()
  const root = document.getElementById("root")
  if (root !== null) createRoot(root).render(<App />)
}

void start()
