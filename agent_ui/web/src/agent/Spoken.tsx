import { useInstallation } from "../app/installation"
import { useTranslation } from "../i18n/use"

export const BLANKS = ["name", "agent", "company", "posted_on", "brochure"] as const
export type Blank = (typeof BLANKS)[number]
/** What is filled into a script; what is missing is shown as what it stands for. */
export type Blanks = Partial<Readonly<Record<Blank, string>>>

/** The company's name, where the installation knows it. */
export function useCompany(): Blanks {
  const company = useInstallation((here) => here.company)
  return company === "" ? {} : { company }
}

const isBlank = (word: string): word is Blank => (BLANKS as readonly string[]).includes(word)

/** What is said, in paragraphs, its blanks filled in and marked. */
export function Spoken({ text, blanks }: { readonly text: string; readonly blanks: Blanks }) {
  const { t } = useTranslation()
  return (
    <>
      {text
        .split(/\n+/)
        .filter((line) => line.trim() !== "")
        .map((line, i) => (
          <p key={i}>
            {line.split(/\{(\w+)\}/).map((part, n) => {
              if (n % 2 === 0) return part
              if (!isBlank(part)) return `{${part}}`
              const filled = blanks[part]
              return (
                <b key={n} className={filled === undefined ? "blank open" : "blank"}>
                  {filled ?? t(`agent.blank.${part}`)}
                </b>
              )
            })}
          </p>
        ))}
    </>
  )
}
