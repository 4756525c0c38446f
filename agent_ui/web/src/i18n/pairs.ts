/** Words are written as pairs, Chinese first: one that lacks a language does not compile. */
export type Pair = readonly [zh: string, en: string]
export interface Words {
  readonly [key: string]: Pair | Words
}

/** The same tree with one string in each place. */
export type Side<W> = { readonly [K in keyof W]: W[K] extends Pair ? string : Side<W[K]> }

/** Every dotted path to a pair. */
export type Paths<W> = { readonly [K in keyof W & string]: W[K] extends Pair ? K : `${K}.${Paths<W[K]>}` }[keyof W & string]

const isPair = (value: Pair | Words): value is Pair => Array.isArray(value)

export function side<W extends Words>(words: W, language: "zh" | "en"): Side<W> {
  const index = language === "zh" ? 0 : 1
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [key, isPair(value) ? value[index] : side(value, language)]),
  ) as Side<W>
}

/** Every pair with its dotted path. */
export function* pairs(words: Words, path = ""): Generator<readonly [path: string, pair: Pair]> {
  for (const [key, value] of Object.entries(words)) {
    const here = path === "" ? key : `${path}.${key}`
    if (isPair(value)) yield [here, value]
    else yield* pairs(value, here)
  }
}
