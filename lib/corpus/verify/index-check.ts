/**
 * Checks a Megatron index on its own: header, lengths that can be, offsets that are the sums of the lengths in front
 * of them, and document indices that count up.
 */
import {
  documentIndexAt,
  INDEX_HEADER,
  indexHeader,
  indexSize,
  lengthAt,
  offsetAt,
  tokenSize,
} from '../output/megatron-index.js'
import { bytesOf } from '../output/output-file.js'
import type { PlanOptions, ShardReceipt } from '../types.js'
import type { CheckedFile } from './checked-file.js'
import type { Problems } from './problems.js'

const BLOCK = 32 * 1024
const TWO_32 = 2 ** 32

/**
 * Yields the bytes read in each step. Returns true if the lengths are sound, so that the `.bin` file can be checked
 * with them. `first` is the number of the shard's first document in the dataset.
 */
export function* checkIndex(
  file: CheckedFile,
  receipt: ShardReceipt,
  options: PlanOptions,
  first: number,
  problems: Problems,
): Generator<number, boolean> {
  const { name } = file.record
  const { documents: count, tokens } = receipt.counts
  const header = new Uint8Array(INDEX_HEADER)
  yield file.next(header, 0, INDEX_HEADER)
  const expected = indexHeader(options.dtype, count)
  const wrong = header.findIndex((byte, at) => byte !== expected[at])
  if (wrong !== -1) {
    problems.dataset(name, `expected a header of ${count} ${options.dtype} documents`, { offset: wrong })
  }
  if (wrong !== -1 || file.size !== indexSize(count)) {
    yield* readRest(file)
    file.finish()
    return false
  }
  const sound = yield* checkLengths(file, count, tokens, options, first, problems)
  yield* checkOffsets(file, count, options, first, problems)
  yield* checkDocumentIndices(file, count, first, problems)
  file.finish()
  return sound
}

function* readRest(file: CheckedFile): Generator<number> {
  const bytes = new Uint8Array(BLOCK)
  for (let count = file.next(bytes, 0, BLOCK); count > 0; count = file.next(bytes, 0, BLOCK)) yield count
}

function* checkLengths(
  file: CheckedFile,
  count: number,
  tokens: number,
  { bos, eos }: PlanOptions,
  first: number,
  problems: Problems,
): Generator<number, boolean> {
  const lengths = new Int32Array(Math.min(BLOCK, count))
  const bytes = bytesOf(lengths)
  const least = (bos ? 1 : 0) + (eos ? 1 : 0)
  let sum = 0
  let sound = true
  for (let at = 0; at < count; at += BLOCK) {
    const size = Math.min(BLOCK, count - at)
    yield file.next(bytes, 0, 4 * size)
    for (let i = 0; i < size; i++) {
      sum += lengths[i]
      if (lengths[i] >= least || !sound) continue
      sound = false
      problems.dataset(
        file.record.name,
        `expected a length of at least ${least} tokens, and it is ${lengths[i]}`,
        {
          document: first + at + i,
          offset: lengthAt(at + i),
        },
      )
    }
  }
  if (sum !== tokens && sound) {
    sound = false
    problems.dataset(file.record.name, `expected lengths of ${tokens} tokens in all, and they are ${sum}`)
  }
  return sound
}

function* checkOffsets(
  file: CheckedFile,
  count: number,
  { dtype }: PlanOptions,
  first: number,
  problems: Problems,
): Generator<number> {
  const lengths = new Int32Array(Math.min(BLOCK, count))
  const halves = new Uint32Array(2 * lengths.length)
  const width = tokenSize(dtype)
  let expected = 0
  let sound = true
  for (let at = 0; at < count; at += BLOCK) {
    const size = Math.min(BLOCK, count - at)
    file.readAt(bytesOf(lengths), 0, 4 * size, lengthAt(at))
    yield file.next(bytesOf(halves), 0, 8 * size)
    for (let i = 0; i < size; i++) {
      const found = halves[2 * i] + halves[2 * i + 1] * TWO_32
      if (found !== expected && sound) {
        sound = false
        problems.dataset(file.record.name, `expected the offset ${expected}, and it is ${found}`, {
          document: first + at + i,
          offset: offsetAt(count, at + i),
        })
      }
      expected += width * lengths[i]
    }
  }
}

function* checkDocumentIndices(
  file: CheckedFile,
  count: number,
  first: number,
  problems: Problems,
): Generator<number> {
  const halves = new Uint32Array(2 * Math.min(BLOCK, count + 1))
  let sound = true
  for (let at = 0; at <= count; at += BLOCK) {
    const size = Math.min(BLOCK, count + 1 - at)
    yield file.next(bytesOf(halves), 0, 8 * size)
    for (let i = 0; i < size; i++) {
      const found = halves[2 * i] + halves[2 * i + 1] * TWO_32
      if (found === at + i || !sound) continue
      sound = false
      problems.dataset(file.record.name, `expected the document index ${at + i}, and it is ${found}`, {
        document: first + at + i,
        offset: documentIndexAt(count, at + i),
      })
    }
  }
}
