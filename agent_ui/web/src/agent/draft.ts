/** The draft of a call's result survives a reload: it lies in this window's session storage under the call's id. */
import { useCallback, useState } from "react"
import type { CallView, CardCustomer } from "../live/protocol.gen"
import type { Draft } from "./dispositions"

const PREFIX = "callcenter.draft."

/** Where to deliver: province and city stand before the street, once. */
export function fullAddress(customer: Pick<CardCustomer, "province" | "city" | "address"> | undefined): string {
  const street = customer?.address ?? ""
  const before = [customer?.province, customer?.city].filter((part): part is string => part != null && part !== "" && !street.includes(part))
  return [...new Set(before), street].join("")
}

export function emptyDraft(call: CallView): Draft {
  const customer = call.card?.customer
  return {
    code: null,
    note: "",
    callback: null,
    order: {
      quantities: {},
      recipient: customer?.name ?? "",
      address: fullAddress(customer),
      payment: "cash_on_delivery",
      note: "",
    },
  }
}

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "code" in value && "note" in value && "callback" in value && "order" in value
}

function read(call: CallView): Draft {
  try {
    const text = sessionStorage.getItem(PREFIX + call.id)
    const value: unknown = text === null ? null : JSON.parse(text)
    return isDraft(value) ? value : emptyDraft(call)
  } catch {
    return emptyDraft(call)
  }
}

/** Forgets the drafts of every other call: one window holds one. */
function keepOnly(callId: string | null): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && key !== PREFIX + (callId ?? "")) sessionStorage.removeItem(key)
  }
}

export function useDraft(call: CallView): readonly [Draft, (change: Partial<Draft>) => void, () => void] {
  const [draft, setDraft] = useState<Draft>(() => {
    keepOnly(call.id)
    return read(call)
  })
  const change = useCallback(
    (part: Partial<Draft>) =>
      setDraft((before) => {
        const after = { ...before, ...part }
        sessionStorage.setItem(PREFIX + call.id, JSON.stringify(after))
        return after
      }),
    [call.id],
  )
  const forget = useCallback(() => keepOnly(null), [])
  return [draft, change, forget]
}
