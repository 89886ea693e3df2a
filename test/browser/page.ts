/** What runs in the page: all cases, on the module that the page has loaded. */
import type { TextLayer } from '../../dist/text/layer.js'
import { groupsOf } from '../text/cases/all.js'

export interface Result {
  readonly group: string
  readonly name: string
  /** Null if the case passed. */
  readonly error: string | null
}

export async function runCases(layer: TextLayer, vectorsPath: string): Promise<Result[]> {
  const vectors = await (await fetch(vectorsPath)).json()
  const results: Result[] = []
  for (const [group, cases] of Object.entries(groupsOf(vectors))) {
    for (const { name, run } of cases(layer)) {
      let error: string | null = null
      try {
        await run()
      } catch (cause) {
        error = cause instanceof Error ? `${cause.message}\n${cause.stack}` : String(cause)
      }
      results.push({ group, name, error })
    }
  }
  return results
}
