/**
 * What the next text will be, ASCII or not, by what the last ones were: V8's own ways are the fastest for the one, the
 * addon for the other, and to look at enough of a text costs more than to encode a short one. A wrong guess costs time
 * and nothing else; what comes of a call always tells whether it was right, for ASCII has as many bytes as code units.
 */
export class AsciiGuess {
  #ascii = true
  /** How many texts in a row were as guessed, up to SURE. */
  #run = 0

  /** True if the guess has held long enough to need no look at the text. */
  get sure(): boolean {
    return this.#run === SURE
  }
  get ascii(): boolean {
    return this.#ascii
  }

  /** What a text turned out to be. */
  learn(ascii: boolean): void {
    if (ascii !== this.#ascii) {
      this.#ascii = ascii
      this.#run = 0
    } else if (this.#run < SURE) {
      this.#run++
    }
  }
}

const SURE = 3
