/**
 * Two judges that share no code with this package read what it writes: Megatron's own reader of datasets, and a numpy
 * reader of the format as it is described. What the documents should be is worked out here, from the texts alone.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { type Dtype, prepare } from '../../dist/corpus/index.js'
import { itWith, NEEDS, PYTHON, ROOT } from '../needs.js'

interface Shard {
  readonly name: string
  readonly dtype: string
  /** In tokens. */
  readonly lengths: readonly number[]
  readonly documentIndices: readonly number[]
  /** Of each document's bytes in the .bin file. */
  readonly sha256: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-interop-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const WORDS = [
  'a',
  'Füße',
  'мир',
  '文字',
  '😀',
  '',
  '\0',
  '\u0002\u0003',
  '\u0010',
  '\t',
  '\u2028',
  'x'.repeat(300),
]
const TEXTS = Array.from({ length: 500 }, (_, i) =>
  Array.from({ length: i % 23 }, (_, j) => WORDS[(i * 7 + j * j * 5 + j) % WORDS.length]).join(' '),
)

describe.each(['megatron.py', 'mapped.py'])('%s', (script) => {
  for (const dtype of ['uint8', 'uint16'] as const) {
    for (const shardSize of [2 ** 29, 20_000]) {
      const shards = shardSize === 20_000 ? 'several shards' : 'one shard'
      itWith(NEEDS.python)(`reads every document of ${shards} of ${dtype}`, async () => {
        const input = join(folder, 'texts.jsonl')
        writeFileSync(input, TEXTS.map((text) => `${JSON.stringify({ text })}\n`).join(''))
        const output = join(folder, `${script}-${dtype}-${shardSize}`)
        const manifest = await prepare({ inputs: [input], output, dtype, shardSize })
        const found: Shard[] = JSON.parse(
          execFileSync(PYTHON, [`${ROOT}test/interop/${script}`, output], { encoding: 'utf8' }),
        )

        expect(found.length > 1).toBe(shards === 'several shards')
        expect(found.map(({ name }) => `${name}.bin`)).toEqual(
          manifest.shards.map(({ files }) => files.bin.name),
        )
        const framed = TEXTS.map(frame)
        expect(found.flatMap(({ lengths }) => lengths)).toEqual(framed.map(({ length }) => length))
        expect(found.flatMap(({ sha256 }) => sha256)).toEqual(framed.map((bytes) => hash(bytes, dtype)))
        for (const { dtype: read, lengths, documentIndices } of found) {
          expect(read).toBe(dtype)
          expect(documentIndices).toEqual(Array.from({ length: lengths.length + 1 }, (_, i) => i))
        }
      })
    }
  }
})

/** STX, the text with DLE and the byte + 40h for each reserved byte, ETX. */
function frame(text: string): Buffer {
  const escaped = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\0-\x08\x0e-\x1f]/g,
    (control) => `\x10${String.fromCharCode(control.charCodeAt(0) + 0x40)}`,
  )
  return Buffer.from(`\x02${escaped}\x03`)
}

function hash(bytes: Buffer, dtype: Dtype): string {
  const tokens = dtype === 'uint8' ? bytes : Buffer.from(Uint16Array.from(bytes).buffer)
  return createHash('sha256').update(tokens).digest('hex')
}
