import type { Words } from "./pairs"

/** The telephone lines: how the network is, caller numbers and their reputation. */
export const lineWords = {
  circuit: {
    open: ["线路故障", "Network in trouble"],
    half_open: ["线路试拨中", "Network on trial"],
    unheard: ["没有拨号程序", "No worker"],
  },
  trouble: {
    down: ["连不上", "Cannot be reached"],
    silent: ["不应答", "No answers"],
    refusing: ["拒绝过多", "Refuses calls"],
    slow: ["应答太慢", "Too slow"],
  },
  since: ["自 {{time}} 起", "since {{time}}"],
  next: ["下次探测 {{time}}", "asked again at {{time}}"],
  doubt: ["{{n}} 个呼叫去向不明，正在向线路核实，不会重拨", "{{n}} calls in doubt: the network is being asked, none is dialled again"],
} satisfies Words
