import { createRoot } from "react-dom/client"
import { App } from "./app/App"
import "./app/app.css"
import { learnInstallation } from "./app/installation"
import { startI18n } from "./i18n"

async function start(): Promise<void> {
  await startI18n()
  await learnInstallation()
  const root = document.getElementById("root")
  if (root !== null) createRoot(root).render(<App />)
}

void start()
