/** Words of fields, states and commands: ours where the console says it otherwise, else the server's own. */
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { ourWords } from "../i18n/officeNouns"
import { serverWords } from "./catalogue"

const raised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

export const known = (code: string): boolean => code in ourWords || code in serverWords || code.replace(/_fen$/, "") in serverWords

/** The word for a code in the language of the screen; the code with spaces where nobody named it. */
export function wordOf(code: string, noun?: string): string {
  const own: Readonly<Record<string, readonly [string, string]>> = ourWords
  const pair =
    (noun === undefined ? undefined : own[`${noun}.${code}`]) ?? (noun === undefined ? undefined : serverWords[`${noun}.${code}`]) ?? own[code] ?? serverWords[code] ?? serverWords[code.replace(/_fen$/, "")]
  if (pair === undefined) return raised(code.replaceAll("_", " "))
  return currentLanguage() === "zh" ? pair[0].replaceAll(",", "，") : raised(pair[1])
}

/** Follows the language of the screen. */
export function useWord(): (code: string, noun?: string) => string {
  useTranslation()
  return wordOf
}
