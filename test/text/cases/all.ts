/** All cases that run anywhere, in groups. */
import { batchCases } from './batch.js'
import type { Cases, Vector } from './case.js'
import { decodingCases } from './decoding.js'
import { encodingCases } from './encoding.js'
import { memoryCases } from './memory.js'
import { offsetMapCases } from './offset-map.js'
import { streamCases } from './streams.js'
import { validationCases } from './validation.js'

export function groupsOf(vectors: readonly Vector[]): Readonly<Record<string, Cases>> {
  return {
    decoding: decodingCases(vectors),
    encoding: encodingCases(vectors),
    validation: validationCases(vectors),
    batches: batchCases,
    streams: streamCases(vectors),
    'offset maps': offsetMapCases,
    memory: memoryCases,
  }
}
