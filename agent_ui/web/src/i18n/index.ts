import i18next from "i18next"
import { initReactI18next } from "react-i18next"
import { setTimeLocale } from "../ui/time"
import { agentWords } from "./agent"
import { commonWords } from "./common"
import { controlWords } from "./control"
import { editWords } from "./edit"
import { lineWords } from "./lines"
import { marketingWords } from "./marketing"
import { officeWords } from "./office"
import { type Paths, side } from "./pairs"
import { privacyWords } from "./privacy"
import { soundWords } from "./sound"
import { steerWords } from "./steer"
import { supervisorWords } from "./supervisor"
import { targetingWords } from "./targeting"

export const words = {
  ...commonWords,
  agent: agentWords,
  live: supervisorWords,
  control: controlWords,
  edit: editWords,
  lines: lineWords,
  marketing: marketingWords,
  office: officeWords,
  privacy: privacyWords,
  sound: soundWords,
  steer: steerWords,
  targeting: targetingWords,
} as const

export type Language = "zh" | "en"
export type Words = typeof words
export type Key = Paths<Words>
/** i18next's own typed keys are too much for the compiler at this number of words: these are a plain union. */
export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string

export const translate: Translate = (key, values) => i18next.t(key, values ?? {})

const KEY = "callcenter.language"

/** What was chosen here last; zh otherwise. */
export function storedLanguage(): Language {
  return localStorage.getItem(KEY) === "en" ? "en" : "zh"
}

export function currentLanguage(): Language {
  return i18next.language === "en" ? "en" : "zh"
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEY, language)
  setTimeLocale(language)
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
  await i18next.changeLanguage(language)
  document.title = translate("product")
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: storedLanguage(),
    fallbackLng: "zh",
    resources: { zh: { translation: side(words, "zh") }, en: { translation: side(words, "en") } },
    interpolation: { escapeValue: false },
  })
  await speak(storedLanguage())
}

/** The word for a code that comes from the server as plain text; the code itself where no word is known. */
export function wordFor(group: string, code: string | null | undefined): string {
  if (code === null || code === undefined || code === "") return ""
  const key = `${group}.${code}`
  return i18next.exists(key) ? i18next.t(key) : code
}
