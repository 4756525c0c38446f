import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App } from "antd"
import type { Schemas } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"

export type NumberRow = Schemas["CallerNumberRow"]

export const PERCENT = 100

/** A rate, 0 to 1, as a percentage; a dash where there is none. */
export const rate = (value: number | null): string => (value === null ? "–" : `${(value * PERCENT).toFixed(0)}%`)

/** Something done to caller numbers; the page is read anew afterwards. */
export function useDone<Given>(work: (given: Given) => Promise<unknown>, then: () => void = () => undefined) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: work,
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["lines"] })
      then()
    },
    onError: failed,
  })
}
