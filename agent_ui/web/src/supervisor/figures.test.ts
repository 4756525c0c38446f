import { describe, expect, it } from "vitest"
import type { AgentView, CampaignFigures } from "../live/protocol.gen"
import { idleReason, limitTone, pastOf, percent, tally } from "./figures"

const campaign = (change: Partial<CampaignFigures>): CampaignFigures => ({
  campaign_id: "q",
  name: "q",
  state: "open",
  mode: "predictive",
  as_of: "2026-03-09T07:00:00Z",
  attempts: 0,
  answered: 0,
  connected: 0,
  abandoned: 0,
  abandonment_rate: null,
  abandonment_limit: 0.03,
  abandonments_left: 0,
  answer_rate: null,
  talk_s_mean: null,
  orders: 0,
  orders_fen: 0,
  ringing: 0,
  waiting: 0,
  talking: 0,
  callable_now: 0,
  callable_today: 0,
  expiring_today: 0,
  callbacks_overdue: 0,
  follow_ups_due: 0,
  next_window_at: null,
  why_idle: null,
  funnel_as_of: null,
  warnings: [],
  pacing: null,
  carrier: "simulated",
  carrier_connected: true,
  simulated: true,
  ...change,
})

describe("figures of several campaigns", () => {
  const a = campaign({ name: "a", attempts: 100, answered: 40, answer_rate: 0.4, connected: 40, talk_s_mean: 300, abandonment_rate: 0.02, orders: 2, orders_fen: 500 })
  const b = campaign({ name: "b", attempts: 100, answered: 10, answer_rate: 0.1, connected: 10, talk_s_mean: 800, abandonment_rate: 0.01, abandonment_limit: 0.01 })

  it("weigh the talk by the talks", () => {
    expect(tally([a, b]).talkMeanS).toBe(400)
  })
  it("show the campaign nearest to its own limit, not an average", () => {
    expect(tally([a, b]).tightest?.name).toBe("b")
  })
  it("add up", () => {
    expect(tally([a, b])).toMatchObject({ attempts: 200, answered: 50, answerRate: 0.25, orders: 2, ordersFen: 500 })
  })
  it("take the answer rate of one campaign as the server defines it", () => {
    expect(tally([campaign({ attempts: 10, answered: 1, answer_rate: 0.5 })]).answerRate).toBe(0.5)
  })
  it("are none without campaigns", () => {
    expect(tally([])).toMatchObject({ attempts: 0, answerRate: null, talkMeanS: null, tightest: null })
  })
})

describe("why nobody is being called", () => {
  const pacing = { at: "2026-03-09T07:00:00Z", launch: 0, held_back_by: "no_agents", zh: "", en: "" }
  it.each([
    ["calls go out", { pacing: { ...pacing, launch: 1 } }, null],
    ["calls still ring", { pacing, ringing: 1 }, null],
    ["the pacer holds back", { pacing }, "no_agents"],
    ["the server's reason comes first", { pacing, why_idle: "outside_window" }, "outside_window"],
    ["the dialler does not answer", { carrier_connected: false }, "worker_away"],
    ["the network is away", { carrier_connected: false, pacing }, "carrier_away"],
  ] as const)("%s", (_, change, reason) => {
    expect(idleReason(campaign(change))).toBe(reason)
  })
})

it.each([
  [null, "within"],
  [0.0239, "within"],
  [0.024, "near"],
  [0.03, "near"],
  [0.0301, "over"],
] as const)("a rate of %s against 3 %% is %s", (rate, tone) => {
  expect(limitTone(rate, 0.03)).toBe(tone)
})

describe("what is past its measure", () => {
  const since = "2026-03-09T07:00:00Z"
  const t0 = Date.parse(since) / 1000
  const agent = (change: Partial<AgentView>): AgentView => ({
    user_id: "a",
    name: "a",
    queue_id: null,
    state: "ready",
    state_since: since,
    reason: null,
    call_id: null,
    next_state: null,
    next_reason: null,
    wrap_up_until: null,
    present: true,
    version: 1,
    ...change,
  })
  it.each([
    [{ state: "ready" }, 180, null],
    [{ state: "ready" }, 181, "idle"],
    [{ state: "talking" }, 900, null],
    [{ state: "talking" }, 901, "talk"],
    [{ state: "on_break" }, 901, "break"],
    [{ state: "wrap_up", wrap_up_until: "2026-03-09T07:00:30Z" }, 30, null],
    [{ state: "wrap_up", wrap_up_until: "2026-03-09T07:00:30Z" }, 31, "wrap"],
    [{ state: "wrap_up" }, 9999, null],
  ] as const)("%o after %d s: %s", (change, seconds, past) => {
    expect(pastOf(agent(change), t0 + seconds)).toBe(past)
  })
})

it("percent shows a dash for no value", () => {
  expect(percent(null)).toBe("–")
  expect(percent(0.02128, 2)).toBe("2.13%")
})
