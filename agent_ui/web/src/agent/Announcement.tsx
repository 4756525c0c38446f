import { AuditOutlined } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Checkbox } from "antd"
import { useState } from "react"
import { api, taken } from "../api/client"
import { useTranslation } from "../i18n/use"

/** The sentence with which the customer learns that the call is recorded, until the agent has said it. */
export function Announcement({ queueId }: { readonly queueId: string }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState(false)
  const asked = useQuery({
    queryKey: ["recording-policy", queueId],
    queryFn: () => taken(api.GET("/api/recordings/policies/{queue_id}", { params: { path: { queue_id: queueId } } })),
    staleTime: 300_000,
  })
  const policy = asked.data
  if (policy?.announcement !== "agent_says" || said) return null
  return (
    <div className="announce" role="note">
      <AuditOutlined aria-hidden />
      <span className="grow">“{policy.announcement_text === "" ? t("agent.recording.sentence") : policy.announcement_text}”</span>
      <Checkbox checked={said} onChange={(event) => setSaid(event.target.checked)}>
        {t("agent.recording.said")}
      </Checkbox>
    </div>
  )
}
