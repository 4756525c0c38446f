import { useQuery } from "@tanstack/react-query"
import { api, taken } from "../api/client"

const MOST = 200

export function useSources() {
  const { data } = useQuery({ queryKey: ["sources"], queryFn: () => taken(api.GET("/api/customers/sources")), staleTime: 60_000 })
  return (data ?? []).map(({ source, customers }) => ({ value: source, label: `${source} (${customers})` }))
}

export function useSegments() {
  return useQuery({ queryKey: ["segments", "names"], queryFn: () => taken(api.GET("/api/segments", { params: { query: { limit: MOST } } })) })
}

export function useBrochures() {
  return useQuery({ queryKey: ["brochures", "names"], queryFn: () => taken(api.GET("/api/brochures", { params: { query: { limit: MOST } } })) })
}

export function useMailings() {
  return useQuery({ queryKey: ["mailings", "names"], queryFn: () => taken(api.GET("/api/mailings", { params: { query: { limit: MOST } } })) })
}

export function useScripts(newest = true) {
  return useQuery({ queryKey: ["scripts", "names", newest], queryFn: () => taken(api.GET("/api/scripts", { params: { query: { limit: MOST, newest_only: newest } } })) })
}
