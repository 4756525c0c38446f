import { expect, it } from "vitest"
import { parseYuan, yuan } from "./money"

it.each([
  [0, "0.00"],
  [5, "0.05"],
  [-5, "-0.05"],
  [123456, "1,234.56"],
  [123456789, "1,234,567.89"],
])("%d fen → %s", (fen, text) => {
  expect(yuan(fen)).toBe(text)
})

it.each([
  ["1,234.56", 123456],
  ["¥ 3.5", 350],
  ["12", 1200],
  ["1.234", null],
  ["-1", null],
  ["abc", null],
  ["", null],
])("'%s' → %s", (text, fen) => {
  expect(parseYuan(text)).toBe(fen)
})
