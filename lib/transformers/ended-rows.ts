/**
 * Which rows of a batch have ended, while the others go on. transformers.js (4.3) asks its stopping criteria about last ids
 * alone, and stops when all rows say yes to the same question: a row that ended earlier is sampled further, behind its end. So
 * a row that has ended once stays so here.
 *
 * Rows are told apart as objects, since generate() keeps one array for each and appends to it.
 */
import type { IdRow } from '../generation/rows.js'
import type { Utf8StoppingCriteria } from '../generation/stopping.js'

export class EndedRows {
  readonly #criteria: Utf8StoppingCriteria
  readonly #ended = new WeakSet<IdRow>()

  constructor(criteria: Utf8StoppingCriteria) {
    this.#criteria = criteria
  }

  /** For each row whether it ends with its last id, or had ended when it was asked about before. */
  update(rows: readonly IdRow[]): boolean[] {
    return this.#criteria.process(rows).map((ends, index) => {
      if (ends) this.#ended.add(rows[index])
      return ends || this.#ended.has(rows[index])
    })
  }
}
