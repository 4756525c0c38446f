/** Who holds which duty: for buttons, for the names behind ids, and for choosing somebody. */
import { useQuery } from "@tanstack/react-query"
import { useSession } from "../app/session"
import type { Duty } from "./catalogue"
import { office } from "./rest"

export interface Person {
  readonly user_id: string
  readonly name: string
  readonly active: boolean
  readonly roles: readonly Duty[]
}

const MINUTE = 60_000
/** Without the duties no button is right: what could not be asked is asked again until it is known. */
const AGAIN = ({ state }: { readonly state: { readonly status: string } }) => (state.status === "error" ? 5_000 : MINUTE)

export function useMine() {
  const { data } = useQuery({ queryKey: ["office", "roles", "mine"], queryFn: () => office<Person>("roles/mine"), staleTime: MINUTE, refetchInterval: AGAIN })
  return data
}

export function useDuties(): readonly Duty[] {
  return useMine()?.roles ?? []
}

export function usePeople() {
  const { data } = useQuery({ queryKey: ["office", "roles"], queryFn: () => office<readonly Person[]>("roles"), staleTime: MINUTE, refetchInterval: AGAIN })
  return data ?? []
}

/** The name behind an id of a person; undefined when it is nobody of the back office. */
export function useNameOf(): (id: unknown) => string | undefined {
  const people = usePeople()
  return (id) => people.find((person) => person.user_id === id)?.name
}

/** Administrators set the rules; they sign nothing by being administrators. */
export function useAdministrator(): boolean {
  return useSession((session) => session.me?.role === "administrator")
}
