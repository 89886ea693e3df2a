/**
 * Text through `prepare`, for every unit, policy, dtype, engine and number of shards, against the oracle of helpers.ts.
 */
import { describe, expect, it } from 'vitest'
import { type DocumentUnit, type Manifest, openDataset, prepare, verify } from '../../dist/corpus/index.js'
import {
  documentsOf,
  engines,
  frameDocument,
  quarantineOf,
  randomText,
  scratch,
  splitDocuments,
} from './helpers.js'

const UNITS: { document: DocumentUnit; separator?: string }[] = [
  { document: 'file' },
  { document: 'line' },
  { document: 'paragraph' },
  { document: 'separator', separator: '--' },
  { document: 'separator', separator: '\n\n' },
  { document: 'separator', separator: 'aa' },
  { document: 'separator', separator: '\ufeff' },
]
const { path, put } = scratch()
let runs = 0

function name({ document, separator }: { document: string; separator?: string }): string {
  return separator === undefined ? document : `${document} ${JSON.stringify(separator)}`
}

describe.each(UNITS)('document $document $separator', (unit) => {
  const texts = [
    randomText(1, 3000, false),
    Buffer.from(''),
    Buffer.concat([Buffer.from('\ufeff'), randomText(2, 500, false)]),
    Buffer.from('\ufeff'),
    Buffer.from('\n\n\nno end'),
    randomText(3, 2000, true),
  ]
  const inputs = texts.map((text, i) => put(`${name(unit).replace(/\W/g, '_')}/${i}.txt`, text))
  const sources = texts.flatMap((text) =>
    splitDocuments(text, unit.document, unit.separator).map(([start, end]) => text.subarray(start, end)),
  )
  const inputBytes = texts.reduce((sum, { length }) => sum + length, 0)

  async function run(options: Partial<Parameters<typeof prepare>[0]>): Promise<[string, Manifest]> {
    const output = path(`out-${runs++}`)
    const { alreadyComplete, resumedShards, ...manifest } = await prepare({
      inputs,
      output,
      inputFormat: 'text',
      workers: 1,
      ...unit,
      ...options,
    })
    expect({ alreadyComplete, resumedShards }).toEqual({ alreadyComplete: false, resumedShards: 0 })
    return [output, manifest]
  }

  it.each(['escape', 'keep', 'picture', 'strip', 'quarantine'] as const)('reserved %s', async (reserved) => {
    for (const invalid of ['quarantine', 'replace', 'drop'] as const) {
      const [output, manifest] = await run({ reserved, invalid })
      const framed = sources.map((source) => frameDocument(source, { reserved, invalid }))
      const accepted = framed.filter((document) => document !== undefined)
      expect(Buffer.concat(documentsOf(output, manifest)).equals(Buffer.concat(accepted))).toBe(true)
      expect(documentsOf(output, manifest).map(({ length }) => length)).toEqual(
        accepted.map(({ length }) => length),
      )
      const refused = Object.values({ ...manifest.totals.quarantined }).reduce((sum, n) => sum + n, 0)
      const dropped = Object.values({ ...manifest.totals.dropped }).reduce((sum, n) => sum + n, 0)
      expect(manifest.totals.documents + refused + dropped).toBe(sources.length)
      expect(quarantineOf(output, manifest)).toHaveLength(refused)
      expect(manifest.totals.inputBytes).toBe(inputBytes)
      expect(manifest.totals.bom).toBe(2)
      expect(await verify(output, { againstSource: true })).toMatchObject({ ok: true, problems: [] })
    }
  })

  it('gives the same documents for 1, 7 and 50 shards', async () => {
    const [one, whole] = await run({})
    const expected = documentsOf(one, whole)
    for (const shards of [7, 50]) {
      const [output, manifest] = await run({ shardSize: Math.ceil(inputBytes / shards), workers: 3 })
      expect(manifest.shards.length).toBeGreaterThan(shards === 7 || unit.document === 'file' ? 1 : 7)
      expect(documentsOf(output, manifest)).toEqual(expected)
      expect(quarantineOf(output, manifest)).toEqual(quarantineOf(one, whole))
      expect(manifest.totals).toEqual(whole.totals)
    }
  })

  it('gives the same files with every engine', async () => {
    const manifests = []
    for (const engine of engines()) {
      const [, manifest] = await run({ ...engine, shardSize: 3000 })
      manifests.push(manifest)
    }
    expect(manifests.length).toBeGreaterThan(0)
    for (const manifest of manifests) expect(manifest).toEqual(manifests[0])
  })

  it.each([
    { bos: false, eos: true },
    { bos: true, eos: false },
    { bos: false, eos: false },
  ])('bos $bos, eos $eos, both dtypes', async (frame) => {
    for (const dtype of ['uint8', 'uint16'] as const) {
      const [output, manifest] = await run({ ...frame, dtype, shardSize: 5000 })
      const framed = sources.map((source) => frameDocument(source, frame))
      const accepted = framed.filter((document) => document !== undefined)
      expect(documentsOf(output, manifest).map(String)).toEqual(accepted.map(String))
      expect(await verify(output, { againstSource: true })).toMatchObject({ ok: true, problems: [] })
    }
  })

  it('gives the source back: decode of prepare, and quarantine', async () => {
    const [output, manifest] = await run({ shardSize: 4000 })
    const dataset = openDataset(output)
    const accepted = sources.filter((source) => frameDocument(source, {}) !== undefined)
    expect([...dataset.texts()].map(Buffer.from)).toEqual(accepted)
    dataset.close()
    const aside = quarantineOf(output, manifest)
    for (const { file, offset, length, bytes, errorOffset } of aside) {
      const text = texts[inputs.indexOf(String(file))]
      const start = Number(offset)
      expect(Buffer.from(String(bytes), 'base64')).toEqual(text.subarray(start, start + Number(length)))
      expect(errorOffset).toBeGreaterThanOrEqual(start)
      expect(errorOffset).toBeLessThan(start + Number(length))
    }
    const refused = sources.filter((source) => frameDocument(source, {}) === undefined)
    expect(aside.map(({ bytes }) => Buffer.from(String(bytes), 'base64'))).toEqual(
      refused.map((b) => Buffer.from(b)),
    )
  })

  it('leaves out empty documents on request, and counts them', async () => {
    const [output, manifest] = await run({ skipEmpty: true })
    const accepted = sources.filter((source) => source.length > 0 && frameDocument(source, {}) !== undefined)
    expect(manifest.totals.documents).toBe(accepted.length)
    expect(manifest.totals.skippedEmpty).toBe(sources.filter((source) => source.length === 0).length)
    expect(documentsOf(output, manifest)).toEqual(accepted.map((source) => frameDocument(source, {})))
  })
})
