import { App } from "antd"
import { useTranslation } from "../i18n/use"
import { Refusal, Unreachable } from "../api/client"
import type { Translate } from "../i18n"
import { CommandRefused, CommandUnanswered } from "../live/socket"


/** The sentence for a person: the server's own where it gave one. */
export function sentenceOf(error: unknown, t: Translate): string {
  if (error instanceof Refusal) return error.problem.detail
  if (error instanceof CommandRefused) return error.problem.sentence
  if (error instanceof CommandUnanswered) return t("link.unanswered")
  if (error instanceof Unreachable) return t("say.offline")
  return t("say.failed")
}

/** Shows why something was not done. */
export function useFailure(): (error: unknown) => void {
  const { message } = App.useApp()
  const { t } = useTranslation()
  return (error) => void message.error(sentenceOf(error, t), 6)
}
