import { create } from "zustand"
import type { Appearance } from "./theme"

const KEY = "callcenter.appearance"

const stored = (): Appearance => (localStorage.getItem(KEY) === "dark" ? "dark" : "light")

function paint(appearance: Appearance): void {
  document.documentElement.dataset.appearance = appearance
  document.documentElement.style.colorScheme = appearance
}

export const useAppearance = create<{ appearance: Appearance; toggle: () => void }>((set, get) => {
  paint(stored())
  return {
    appearance: stored(),
    toggle: () => {
      const appearance = get().appearance === "dark" ? "light" : "dark"
      localStorage.setItem(KEY, appearance)
      paint(appearance)
      set({ appearance })
    },
  }
})
