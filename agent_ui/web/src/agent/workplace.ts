/** What an agent needs in a campaign besides the customers: fetched once, when they sit down. */
import { useQuery } from "@tanstack/react-query"
import { api, type Schemas, taken } from "../api/client"
import type { Stage } from "../live/protocol.gen"

export const STAGES: readonly Stage[] = ["felt_need", "rational_need", "trust"]

export type Script = Schemas["ScriptContent"]

export function useWorkplace(queueId: string | null) {
  return useQuery({
    queryKey: ["workplace", queueId],
    queryFn: () => taken(api.GET("/api/campaigns/{campaign_id}/workplace", { params: { path: { campaign_id: queueId ?? "" } } })),
    enabled: queueId !== null,
    staleTime: 60_000,
  })
}

export type Workplace = NonNullable<ReturnType<typeof useWorkplace>["data"]>

function isScript(value: unknown): value is Script {
  return typeof value === "object" && value !== null && "stages" in value && "opening" in value && "forbidden" in value
}

/** The script as it was stored; null for a campaign without one. */
export function scriptOf(workplace: Workplace | null | undefined): Script | null {
  return isScript(workplace?.script) ? workplace.script : null
}
