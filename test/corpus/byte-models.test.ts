/**
 * `prepare` with a byte model: the tokens in the .bin files are those that the model has for the framed documents, and
 * whatever reads a dataset undoes it. What the documents should be is worked out by the slow oracle of helpers.ts, and
 * the ids from a table that stands here once more.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  openDataset,
  type PlanOptions,
  type PrepareOptions,
  prepare,
  verify,
} from '../../dist/corpus/index.js'
import type { ByteModelName } from '../../dist/protocol/byte-models.js'
import type { ReservedPolicy } from '../../dist/protocol/controls.js'
import { unescapeControls } from '../../dist/protocol/escape.js'
import { frameDocument, parseIndex, random, randomText, scratch, splitDocuments } from './helpers.js'

const { path, put } = scratch()
const CODE = (code: string) => expect.objectContaining({ code })

const MODELS = {
  byt5: { offset: 3, bos: null, eos: 1, largest: 383 },
  blt: { offset: 4, bos: 1, eos: 2, largest: 259 },
  evabyte: { offset: 64, bos: 1, eos: 2, largest: 319 },
  hnet: { offset: 0, bos: 254, eos: 255, largest: 255 },
} as const satisfies Record<ByteModelName, unknown>
const NAMES = Object.keys(MODELS) as ByteModelName[]
let folders = 0

/** The bytes of each document in the .bin files. */
function rawDocuments(folder: string, manifest: Awaited<ReturnType<typeof prepare>>): Buffer[] {
  const width = manifest.options.dtype === 'uint8' ? 1 : 2
  return manifest.shards.flatMap(({ files }) => {
    const bin = readFileSync(join(folder, files.bin.name))
    const { lengths, offsets, dtype } = parseIndex(join(folder, files.idx.name))
    expect(dtype).toBe(width === 1 ? 1 : 8)
    return lengths.map((length, i) => bin.subarray(offsets[i], offsets[i] + width * length))
  })
}

/** What they should be for a document's content, which the oracle gives without its frame. */
function expectedRaw(content: Buffer, name: ByteModelName, { bos, eos, dtype }: Expected): Buffer {
  const model = MODELS[name]
  const ids = new Uint16Array(content.length + Number(bos) + Number(eos))
  if (bos && model.bos !== null) ids[0] = model.bos
  for (let i = 0; i < content.length; i++) ids[Number(bos) + i] = content[i] + model.offset
  if (eos) ids[ids.length - 1] = model.eos
  return dtype === 'uint8' ? Buffer.from(ids) : Buffer.from(ids.buffer)
}

type Expected = Pick<PlanOptions, 'bos' | 'eos' | 'dtype'>

/** The same, and fast for megabytes. */
function expectSame(found: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  expect(found.length).toBe(expected.length)
  expect(found.findIndex((one, i) => !Buffer.from(one).equals(expected[i]))).toBe(-1)
}

async function check(
  name: ByteModelName,
  source: Buffer,
  options: Partial<PrepareOptions> & { reserved?: ReservedPolicy },
): Promise<void> {
  const output = path(`out-${folders++}`)
  const input = put(`in-${folders}.txt`, source)
  const manifest = await prepare({
    inputs: [input],
    output,
    inputFormat: 'text',
    document: 'line',
    byteModel: name,
    workers: 1,
    ...options,
  })
  const { bos, eos } = manifest.options
  const frameless = { ...manifest.options, bos: false, eos: false }
  const sources = splitDocuments(source, 'line').map(([start, end]) => source.subarray(start, end))
  const contents = sources.map((one) => frameDocument(one, frameless)).filter((one) => one !== undefined)
  expect(contents.length).toBeGreaterThan(0)
  expectSame(
    rawDocuments(output, manifest),
    contents.map((one) => expectedRaw(one, name, manifest.options)),
  )
  const marks = Number(bos) + Number(eos)
  expect(manifest.totals.tokens).toBe(contents.reduce((sum, { length }) => sum + length + marks, 0))

  for (const againstSource of [false, true]) {
    expect(await verify(output, { againstSource })).toMatchObject({ ok: true, problems: [] })
  }
  const dataset = openDataset(output)
  const isEscaped = manifest.options.reserved === 'escape'
  expectSame(
    [...dataset.texts()],
    contents.map((one) => (isEscaped ? unescapeControls(one) : one)),
  )
  const [begin, end] = [Buffer.from(bos ? [2] : []), Buffer.from(eos ? [3] : [])]
  expectSame(
    [...dataset.documents()],
    contents.map((one) => Buffer.concat([begin, one, end])),
  )
  const last = contents.length - 1
  const ids = dataset.ids(last)
  expect(ids).toBeInstanceOf(manifest.options.dtype === 'uint8' ? Uint8Array : Uint16Array)
  const raw = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)
  expectSame([raw], [expectedRaw(contents[last], name, manifest.options)])
  dataset.close()
}

describe.each(NAMES)('%s', (name) => {
  const has = MODELS[name].bos !== null

  it.each(['escape', 'picture', 'strip', 'quarantine'] as const)(
    'writes its ids, under %s',
    async (reserved) => {
      for (const engine of ['native', 'javascript'] as const) {
        await check(name, randomText(folders, 400, true), { reserved, engine, shardSize: 700 })
      }
    },
  )

  it('writes its ids without parts of the frame', async () => {
    for (const [bos, eos] of [
      [false, undefined],
      [undefined, false],
      [false, false],
    ] as const) {
      await check(name, randomText(folders, 400, true), { bos, eos })
    }
  })

  it('writes its ids under keep, without a frame', async () => {
    await check(name, randomText(1, 500, false), { reserved: 'keep', bos: false, eos: false })
  })

  it('writes documents that take many buffers, and takes back those that end ill-formed', async () => {
    const next = random(5)
    const long = (size: number) => Buffer.alloc(size, 'aé\x02文')
    const lines = [
      long(1_000_003),
      Buffer.concat([long(3_500_002), Buffer.from([0xff])]),
      ...Array.from({ length: 3000 }, () => Buffer.from('Füße\x03'.repeat(next(40)))),
      Buffer.concat([long(2_000_002), Buffer.from([0xff])]),
      Buffer.from('end'),
    ]
    await check(name, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])), { workers: 1 })
  })

  it('takes uint16 too, and by default the smallest type that will do', async () => {
    const input = put('type.txt', 'Füße')
    const wide = MODELS[name].largest > 255
    const folder = path(`type-${name}`)
    const { options } = await prepare({ inputs: [input], output: folder, byteModel: name })
    expect(options).toMatchObject({ byteModel: name, dtype: wide ? 'uint16' : 'uint8', bos: has, eos: true })
    await check(name, Buffer.from('Füße\n\x01'), { dtype: 'uint16' })
    const narrow = prepare({
      inputs: [input],
      output: path('none'),
      byteModel: name,
      dtype: 'uint8',
      overwrite: true,
    })
    if (wide) await expect(narrow).rejects.toThrow(CODE('ERR_ARGUMENT'))
    else expect((await narrow).options.dtype).toBe('uint8')
  })

  it('says where a token stands that is none of its own', async () => {
    const output = path(`wrong-${name}`)
    const input = put('wrong.txt', 'one\ntwo\n')
    const { options } = await prepare({ inputs: [input], output, document: 'line', byteModel: name })
    const width = options.dtype === 'uint8' ? 1 : 2
    const bin = readFileSync(join(output, 'data.bin'))
    // Behind the first document: STX's own id, which no framed document has; ByT5 has no begin, but an id for what is unknown.
    const at = width * (3 + Number(has) + 1 + 1)
    const wrong = name === 'byt5' ? 2 : MODELS[name].offset + 2
    bin[at] = wrong
    if (width === 2) bin[at + 1] = 0
    writeFileSync(join(output, 'data.bin'), bin)
    const { ok, problems } = await verify(output)
    expect(ok).toBe(false)
    expect(problems).toContainEqual(expect.objectContaining({ file: 'data.bin', offset: at }))
    const dataset = openDataset(output)
    expect(Buffer.from(dataset.text(0)).toString()).toBe('one')
    expect(() => dataset.document(1)).toThrow(CODE('ERR_DATASET'))
    expect(() => [...dataset.texts()]).toThrow(CODE('ERR_DATASET'))
    expect([...dataset.ids(1)]).toContain(wrong)
    dataset.close()
  })
})

describe('what no table of ids can say is refused before anything is written', () => {
  const refused: [string, Partial<PrepareOptions>][] = [
    ['an unknown model', { byteModel: 'gpt2' as never }],
    ['keep beside a frame', { byteModel: 'byt5', reserved: 'keep' }],
    ['keep beside half a frame', { byteModel: 'blt', reserved: 'keep', bos: false }],
    ['a begin that the model has not', { byteModel: 'byt5', bos: true }],
    ['ids above 255 as bytes', { byteModel: 'evabyte', dtype: 'uint8' }],
  ]
  it.each(refused)('%s', async (_, options) => {
    const output = path('refused')
    const input = put('refused.txt', 'a')
    await expect(prepare({ inputs: [input], output, ...options })).rejects.toThrow(CODE('ERR_ARGUMENT'))
    expect(existsSync(output)).toBe(false)
  })
})

it('leaves the plan as it was where no model is asked for', async () => {
  const input = put('plain.txt', 'a')
  const { options } = await prepare({ inputs: [input], output: path('plain') })
  expect(options).not.toHaveProperty('byteModel')
})

it('refuses a dataset of a model that it does not know', async () => {
  const output = path('unknown')
  await prepare({ inputs: [put('unknown.txt', 'a')], output, byteModel: 'byt5' })
  const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'))
  manifest.options.byteModel = 'byt6'
  writeFileSync(join(output, 'manifest.json'), JSON.stringify(manifest))
  expect(() => openDataset(output)).toThrow(CODE('ERR_DATASET'))
})
