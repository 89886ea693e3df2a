/** Hugging Face's library reads what is written here, is read here, and judges the malformed files. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { loadSafetensors, type Safetensors, saveSafetensors } from '../../dist/embedding/index.js'
import { DTYPE_BITS, TENSOR_DTYPES, type TensorDtype } from '../../dist/embedding/safetensors/dtypes.js'
import { MALFORMED, WELL_FORMED } from '../embedding/malformed.cases.js'
import { scratch } from '../embedding/safetensors-files.js'
import { itWith, NEEDS, PYTHON, ROOT } from '../needs.js'
import { Random } from '../seeded.js'

interface Found {
  readonly metadata: Readonly<Record<string, string>> | null
  readonly tensors: Readonly<Record<string, { dtype: TensorDtype; shape: number[]; sha256: string }>>
}

const files = scratch()
const script = `${ROOT}test/interop/hugging_face_safetensors.py`

function python(...args: readonly string[]): unknown {
  return JSON.parse(execFileSync(PYTHON, [script, ...args], { encoding: 'utf8' }))
}

describe("Hugging Face's safetensors", () => {
  itWith(NEEDS.safetensors)('reads every type that is written', async () => {
    const path = files.path('written.safetensors')
    const random = new Random(2)
    const metadata = { format: 'pt', é: '\u2028\u0001"\\\ud83d\ude00' }
    const tensors = TENSOR_DTYPES.flatMap((dtype) =>
      [[], [0, 2], [4], [2, 6]].flatMap((shape) => {
        const bits = shape.reduce((product, size) => product * size, DTYPE_BITS[dtype])
        const data = random.bytes(Math.floor(bits / 8))
        return bits % 8 === 0 ? [[`${dtype} [${shape}] é\n`, { dtype, shape, data }] as const] : []
      }),
    )
    await saveSafetensors(path, tensors, { metadata })
    const found = python('read', path) as Found
    expect(found.metadata).toEqual(metadata)
    expect(found.tensors).toEqual(
      Object.fromEntries(
        tensors.map(([name, { dtype, shape, data }]) => [name, { dtype, shape, sha256: sha256(data) }]),
      ),
    )
  })

  itWith(NEEDS.safetensors)('writes what is read, and what is written again the same', async () => {
    const path = files.path('theirs.safetensors')
    const found = python('write', path) as Found
    const checkpoint = loadSafetensors(path)
    expect(checkpoint.metadata).toEqual(found.metadata)
    expect(described(checkpoint)).toEqual(found.tensors)
    expect(checkpoint.names.length).toBe(13 * 4)
    const again = files.path('again.safetensors')
    const copies = [...checkpoint.names].reverse().map((name) => [name, checkpoint.tensor(name)] as const)
    await saveSafetensors(again, copies, { metadata: checkpoint.metadata })
    expect(readFileSync(again).equals(readFileSync(path))).toBe(true)
    checkpoint.close()
  })

  itWith(NEEDS.safetensors)('refuses the same malformed files, but for those that are said to differ', () => {
    const all = [...MALFORMED, ...WELL_FORMED]
    const paths = all.map(({ bytes }, i) => files.write(`judged-${i}.safetensors`, bytes))
    const taken = python('judge', ...paths) as boolean[]
    const theirs = Object.fromEntries(all.map(({ name }, i) => [name, taken[i]]))
    const ours = Object.fromEntries([
      ...MALFORMED.map(({ name, taken }) => [name, taken === true]),
      ...WELL_FORMED.map(({ name }) => [name, true]),
    ])
    expect(theirs).toEqual(ours)
  })
})

function described(checkpoint: Safetensors): Found['tensors'] {
  return Object.fromEntries(
    checkpoint.names.map((name) => {
      const tensor = checkpoint.tensor(name)
      return [name, { dtype: tensor.dtype, shape: [...tensor.shape], sha256: sha256(tensor.bytes()) }]
    }),
  )
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
