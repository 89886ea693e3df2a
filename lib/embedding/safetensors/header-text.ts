/**
 * Reads the JSON of a header, value by value. JSON.parse takes more than the format does, and cannot tell: a name that stands there
 * twice, `1.0` and `1e0` for a whole number, a number that a double does not hold, half a surrogate pair. And it does not say where a
 * value stood. A header needs but four kinds of values, so that reading them is less work than mending that.
 */

/** What is wrong with a header, and the index of the UTF-16 code unit at which it shows. */
export class HeaderProblem extends Error {
  readonly index: number

  constructor(what: string, index: number) {
    super(what)
    this.index = index
  }
}

export class HeaderText {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Index of the next value. */
  get at(): number {
    this.#skipSpace()
    return this.#at
  }

  /** An object: calls `value` for each of its keys, and that must read the value. A key may stand there only once. */
  object(name: string, value: (key: string) => void): void {
    this.#expect('{', `an object for ${name}`)
    const seen = new Set<string>()
    if (this.#take('}')) return
    do {
      const index = this.at
      const key = this.string(`a key of ${name}`)
      if (seen.has(key))
        throw new HeaderProblem(`expected each key of ${name} once, received ${quoted(key)} again`, index)
      seen.add(key)
      this.#expect(':', `":" behind ${quoted(key)}`)
      value(key)
    } while (this.#take(','))
    this.#expect('}', `"," or "}" in ${name}`)
  }

  /** An array: calls `value` for each of its elements, and that must read it. */
  array(name: string, value: () => void): void {
    this.#expect('[', `an array for ${name}`)
    if (this.#take(']')) return
    do value()
    while (this.#take(','))
    this.#expect(']', `"," or "]" in ${name}`)
  }

  string(name: string): string {
    const start = this.at
    if (this.#text[start] !== '"') throw this.#problem(`a string for ${name}`)
    const end = this.#closingQuote(start)
    let value: unknown
    try {
      value = JSON.parse(this.#text.slice(start, end))
    } catch {
      throw this.#problem(`a well-formed string for ${name}`)
    }
    if (typeof value !== 'string' || !value.isWellFormed())
      throw this.#problem(`a well-formed string for ${name}`)
    this.#at = end
    return value
  }

  /** A whole number from 0 to 2^53 - 1, written as digits alone. */
  whole(name: string): number {
    const pattern = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y
    pattern.lastIndex = this.at
    const digits = pattern.exec(this.#text)?.[0]
    const value = digits === undefined ? Number.NaN : Number(digits)
    if (!Number.isSafeInteger(value)) throw this.#problem(`a whole number from 0 to 2^53 - 1 for ${name}`)
    this.#at = pattern.lastIndex
    return value
  }

  /** Whether the next value is null; then it is read. */
  null(): boolean {
    if (!this.#text.startsWith('null', this.at)) return false
    this.#at += 4
    return true
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.at < this.#text.length) throw this.#problem('nothing but spaces behind the header')
  }

  #skipSpace(): void {
    const space = /[ \t\n\r]*/y
    space.lastIndex = this.#at
    space.exec(this.#text)
    this.#at = space.lastIndex
  }

  #take(mark: string): boolean {
    if (this.#text[this.at] !== mark) return false
    this.#at++
    return true
  }

  #expect(mark: string, what: string): void {
    if (!this.#take(mark)) throw this.#problem(what)
  }

  /** Index behind the quotation mark that ends the string which begins at `start`. */
  #closingQuote(start: number): number {
    for (let end = start; ; ) {
      end = this.#text.indexOf('"', end + 1)
      if (end < 0) throw this.#problem('an end of the string')
      let escapes = 0
      while (this.#text[end - 1 - escapes] === '\\') escapes++
      if (escapes % 2 === 0) return end + 1
    }
  }

  #problem(expected: string): HeaderProblem {
    const rest = this.#text.slice(this.#at, this.#at + 20)
    return new HeaderProblem(
      `expected ${expected}, received ${rest === '' ? 'the end' : quoted(rest)}`,
      this.#at,
    )
  }
}

/** A name as messages show it: names come from files, and may be of any length. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name)
}
