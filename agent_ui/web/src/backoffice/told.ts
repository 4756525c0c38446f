/**
 * A line of a story in English says what somebody did: "issued", not "issue". The words of the commands are those of
 * the buttons; here they are put into the past. Chinese needs no change.
 */
const IRREGULAR: Readonly<Record<string, string>> = {
  begin: "began", find: "found", give: "gave", hold: "held", keep: "kept", lend: "lent", lose: "lost", make: "made", pay: "paid", put: "put", send: "sent", set: "set", take: "took", write: "wrote",
  // Short verbs double their last letter.
  acquit: "acquitted", drop: "dropped", plan: "planned", ship: "shipped", submit: "submitted",
}
/** Words that are no command but tell already. */
const TELLING: Readonly<Record<string, string>> = {
  "final check": "made the final check",
  "first check": "made the first check",
  "papers complete": "completed the papers",
  "cancel, not paid in time": "cancelled it: not paid in time",
  "early warning": "early warning",
  "confirmation fell due": "confirmation fell due",
}

const pastOf = (verb: string): string => {
  const known = IRREGULAR[verb]
  if (known !== undefined) return known
  if (verb.endsWith("ed") || Object.values(IRREGULAR).includes(verb)) return verb
  if (verb.endsWith("e")) return `${verb}d`
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`
}

/** "send back" → "sent back"; "sign and propose" → "signed and proposed". */
export function toldInEnglish(words: string): string {
  const plain = words.charAt(0).toLowerCase() + words.slice(1)
  if (TELLING[plain] !== undefined) return TELLING[plain]
  const [verb = "", ...rest] = plain.split(" ")
  return [pastOf(verb), ...rest.map((word, index) => (rest[index - 1] === "and" ? pastOf(word) : word))].join(" ")
}
