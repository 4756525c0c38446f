/** Names that several pages choose from. */
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { api, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import type { Role } from "../live/protocol.gen"

const MOST = 200
const MINUTES = 60_000

export function useCampaigns() {
  return useQuery({
    queryKey: ["campaigns", "names"],
    queryFn: () => taken(api.GET("/api/campaigns", { params: { query: { limit: MOST } } })),
    staleTime: MINUTES,
  })
}

export function useCampaignOptions() {
  const { data } = useCampaigns()
  return (data?.rows ?? []).map(({ id, name }) => ({ value: id, label: name }))
}

export function useUserOptions(role?: Role) {
  const { data } = useQuery({
    queryKey: ["users", "names", role],
    queryFn: () => taken(api.GET("/api/users", { params: { query: { limit: MOST, ...(role === undefined ? {} : { role }) } } })),
    staleTime: MINUTES,
  })
  return (data?.rows ?? []).map(({ id, name }) => ({ value: id, label: name }))
}

export function useDispositions() {
  return useQuery({
    queryKey: ["dispositions"],
    queryFn: () => taken(api.GET("/api/dispositions", { params: { query: { include_inactive: true } } })),
    staleTime: MINUTES,
    placeholderData: keepPreviousData,
  })
}

/** The name of a disposition's code in the language of the screen; the code where none is known. */
export function useDispositionName(): (code: string | null | undefined) => string {
  const { data } = useDispositions()
  return (code) => {
    if (code === null || code === undefined) return ""
    const found = data?.rows.find((row) => row.code === code)
    return found === undefined ? code : currentLanguage() === "zh" ? found.name_zh : found.name_en
  }
}
