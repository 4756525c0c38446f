/** How loud it is, from the peer connection's own statistics: no audio context, which a page may not start unasked. */
import { type Levels, SILENT } from "./line"

interface Report {
  readonly type: string
  readonly kind?: string
  readonly audioLevel?: number
  readonly totalAudioEnergy?: number
}

export function levelsOf(reports: Iterable<Report>): Levels {
  let { mouth, ear, heardEnergy } = SILENT
  for (const report of reports) {
    if (report.kind !== "audio") continue
    if (report.type === "media-source") mouth = report.audioLevel ?? 0
    if (report.type === "inbound-rtp") {
      ear = report.audioLevel ?? 0
      heardEnergy = report.totalAudioEnergy ?? 0
    }
  }
  return { mouth, ear, heardEnergy }
}

export async function readLevels(connection: RTCPeerConnection | null): Promise<Levels> {
  if (connection === null || connection.connectionState === "closed") return SILENT
  const reports = await connection.getStats()
  return levelsOf([...reports.values()] as Report[])
}

/** A linear level as the share of a meter's width: speech at an arm's length fills about two thirds. */
export function shown(level: number): number {
  if (level <= 0.001) return 0
  return Math.min(1, Math.max(0, (20 * Math.log10(level) + 60) / 60))
}
