/**
 * Keyboard shortcuts of the desk: single keys, remappable, listed under `?`, and off at one switch. They fire
 * neither inside a field nor while an input method composes, so that an Enter which picks a Chinese character
 * submits nothing.
 */
import { useEffect, useEffectEvent } from "react"
import { create } from "zustand"

export const ACTIONS = [
  "ready", "break", "dial", "skip", "hold", "mute", "hangUp", "stage1", "stage2", "stage3", "note", "saveReady", "help",
] as const
export type Action = (typeof ACTIONS)[number]
export type Keymap = Readonly<Record<Action, string>>

export const DEFAULT_KEYS: Keymap = {
  ready: "r",
  break: "b",
  dial: "d",
  skip: "s",
  hold: "h",
  mute: "m",
  hangUp: "x",
  stage1: "q",
  stage2: "w",
  stage3: "e",
  note: "n",
  saveReady: "Enter",
  help: "?",
}

export interface Stroke {
  readonly key: string
  readonly keyCode: number
  readonly isComposing: boolean
  readonly repeat: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
  /** Where the key went, as the DOM tells. */
  readonly target: { readonly tagName: string; readonly isContentEditable: boolean; readonly role: string | null; readonly inDialog: boolean } | null
}

/** The key that an input method gives while it composes. */
const IME_KEY_CODE = 229
const FIELDS = new Set(["INPUT", "TEXTAREA", "SELECT"])
const OWN_KEYS = new Set(["combobox", "listbox", "menu", "menuitem", "option", "spinbutton", "textbox", "searchbox", "slider"])
/** Controls that take Enter for themselves. */
const PRESSABLE = new Set(["BUTTON", "A", "SUMMARY"])

/** Whether a stroke may be a shortcut at all. */
export function mayFire(stroke: Stroke): boolean {
  if (stroke.isComposing || stroke.keyCode === IME_KEY_CODE || stroke.repeat) return false
  if (stroke.ctrlKey || stroke.altKey || stroke.metaKey) return false
  const { target } = stroke
  if (target === null) return true
  if (target.inDialog || target.isContentEditable || FIELDS.has(target.tagName)) return false
  if (target.role !== null && OWN_KEYS.has(target.role)) return false
  return !(stroke.key === "Enter" || stroke.key === " ") || !PRESSABLE.has(target.tagName)
}

export const normal = (key: string): string => (key.length === 1 ? key.toLowerCase() : key)

export type Hit = { readonly action: Action } | { readonly digit: string } | null

export function hit(stroke: Stroke, keymap: Keymap): Hit {
  if (!mayFire(stroke)) return null
  const key = normal(stroke.key)
  const action = ACTIONS.find((name) => keymap[name] === key)
  if (action !== undefined) return { action }
  return /^\d$/.test(key) ? { digit: key } : null
}

/** Why `key` cannot be given to `action`: the action that has it, or "reserved". */
export function conflict(key: string, action: Action, keymap: Keymap): Action | "reserved" | null {
  if (/^\d$/.test(key) || ["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "Process", "Dead", "Unidentified", " "].includes(key)) return "reserved"
  return ACTIONS.find((name) => name !== action && keymap[name] === normal(key)) ?? null
}

export const keyName = (key: string): string => (key.length === 1 ? key.toUpperCase() : key)

const KEY = "callcenter.keys"

interface KeySettings {
  readonly on: boolean
  readonly chime: boolean
  readonly keymap: Keymap
}

function stored(): KeySettings {
  const usual: KeySettings = { on: true, chime: true, keymap: DEFAULT_KEYS }
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<KeySettings> | null
    return value === null ? usual : { on: value.on ?? true, chime: value.chime ?? true, keymap: { ...DEFAULT_KEYS, ...value.keymap } }
  } catch {
    return usual
  }
}

export const useKeySettings = create<KeySettings & { set: (change: Partial<KeySettings>) => void }>((set, get) => ({
  ...stored(),
  set: (change) => {
    const { on, chime, keymap } = { ...get(), ...change }
    localStorage.setItem(KEY, JSON.stringify({ on, chime, keymap }))
    set({ on, chime, keymap })
  },
}))

function strokeOf(event: KeyboardEvent): Stroke {
  const element = event.target instanceof HTMLElement ? event.target : null
  return {
    key: event.key,
    // Deprecated, and the only sign of a composing input method in some browsers.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    keyCode: event.keyCode,
    isComposing: event.isComposing,
    repeat: event.repeat,
    ctrlKey: event.ctrlKey,
    altKey: event.altKey,
    metaKey: event.metaKey,
    target:
      element === null
        ? null
        : {
            tagName: element.tagName,
            isContentEditable: element.isContentEditable,
            role: element.getAttribute("role"),
            inDialog: element.closest('[role="dialog"],.ant-dropdown,.ant-picker-dropdown') !== null,
          },
  }
}

export type Handlers = Partial<Record<Action, () => void>> & { readonly digit?: (digit: string) => void }

/** Listens while mounted. `?` works even when shortcuts are off: it is where they are switched on again. */
export function useShortcuts(handlers: Handlers): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { on, keymap } = useKeySettings.getState()
    if (event.key === "Escape" && event.target instanceof HTMLElement && FIELDS.has(event.target.tagName) && !event.isComposing) {
      event.target.blur()
      return
    }
    const found = hit(strokeOf(event), keymap)
    if (found === null) return
    if (!on && !("action" in found && found.action === "help")) return
    const run = "digit" in found ? () => handlers.digit?.(found.digit) : handlers[found.action]
    if (run === undefined) return
    event.preventDefault()
    run()
  })
  useEffect(() => {
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  }, [])
}
