/** What every view of the control page is about: a period of days, and perhaps one campaign, one agent. */
export interface Choice {
  readonly since: string
  readonly until: string
  readonly campaign_id?: string
  readonly agent_id?: string
}
