/** What an agent needs in a campaign besides the customers: fetched once, when they sit down. */
import { useQuery } from "@tanstack/react-query"
import type { Stage } from "../live/protocol.gen"
import type { Disposition, Item } from "./dispositions"

export const STAGES: readonly Stage[] = ["felt_need", "rational_need", "trust"]

export interface ScriptStage {
  readonly stage: Stage
  readonly text: string
  readonly questions: readonly string[]
  readonly signs: readonly string[]
}

export interface Objection {
  readonly says: string
  readonly answer: string
}

export interface WorkScript {
  readonly name: string
  readonly version: number
  readonly opening: string
  readonly stages: readonly ScriptStage[]
  readonly objections: readonly Objection[]
  readonly forbidden: readonly string[]
}

export interface Workplace {
  readonly campaignName: string
  readonly mode: string
  readonly script: WorkScript | null
  readonly dispositions: readonly Disposition[]
  readonly items: readonly Item[]
}

async function fetchWorkplace(queueId: string): Promise<Workplace> {
  const response = await fetch(`/api/campaigns/${queueId}/workplace`)
  return (await response.json()) as Workplace
}

export function useWorkplace(queueId: string | null) {
  return useQuery({
    queryKey: ["workplace", queueId],
    queryFn: () => fetchWorkplace(queueId ?? ""),
    enabled: queueId !== null,
    staleTime: 60_000,
  })
}
