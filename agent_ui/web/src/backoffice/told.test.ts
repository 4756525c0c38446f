import { expect, test } from "vitest"
import { machineOf, serverWords } from "./catalogue"
import { MACHINES } from "./office.gen"
import { toldInEnglish } from "./told"

test.each([
  ["Issue", "issued"],
  ["send back", "sent back"],
  ["sign and propose", "signed and proposed"],
  ["verify", "verified"],
  ["pay", "paid"],
  ["ship", "shipped"],
  ["Approve", "approved"],
  ["made it", "made it"],
  ["released", "released"],
  ["final check", "made the final check"],
  ["take the amendment", "took the amendment"],
])("%s is told as %s", (words, told) => {
  expect(toldInEnglish(words)).toBe(told)
})

test("every command of every machine begins with a word in the past", () => {
  const commands = new Set((Object.keys(MACHINES) as (keyof typeof MACHINES)[]).flatMap((name) => machineOf(name).moves.map((move) => move.command)))
  const wrong = [...commands].map((command) => toldInEnglish(serverWords[command]?.[1] ?? command)).filter((told) => !/^(\w+ed|began|found|gave|held|kept|lent|lost|made|paid|put|sent|set|took|wrote)\b/.test(told))
  expect(wrong).toEqual([])
})
