/** What this installation is: its time, its zone, and whether its telephone network is a simulated one. */
import { create } from "zustand"
import { api } from "../api/client"
import { anchorClock } from "../live/clock"
import { setCompanyZone } from "../ui/time"

interface Installation {
  readonly simulated: boolean
  readonly speed: number
  readonly version: string
  /** What stands for `{company}` in scripts; may be empty. */
  readonly company: string
}

export const useInstallation = create<Installation>(() => ({ simulated: false, speed: 1, version: "", company: "" }))

/** A screen that cannot learn it starts all the same: the live connection tells time and simulation again. */
export async function learnInstallation(): Promise<void> {
  try {
    const { data } = await api.GET("/api/about")
    if (data === undefined) return
    anchorClock(data.now, data.speed)
    setCompanyZone(data.timezone)
    useInstallation.setState({ simulated: data.simulated, speed: data.speed, version: data.version, company: data.company })
  } catch {
    // Unreachable: the sign-in page says so as soon as it asks.
  }
}
