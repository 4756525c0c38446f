import { useTranslation as useI18next } from "react-i18next"
import type { Translate } from "./index"

/** The words of the screen's language, by keys the compiler knows. */
export function useTranslation(): { readonly t: Translate; readonly language: "zh" | "en" } {
  const { t, i18n } = useI18next()
  return { t: t, language: i18n.language === "en" ? "en" : "zh" }
}
