/**
 * `verify` finds what is wrong with a dataset, each thing by breaking it, and says where.
 */
import {
  appendFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type Manifest,
  type PrepareOptions,
  prepare,
  type VerifyProblem,
  verify,
} from '../../dist/corpus/index.js'
import { crc32 } from './crc32.js'
import { engines, parseIndex, randomText, scratch } from './helpers.js'

const { path, put } = scratch()
let runs = 0
const input = put('input.txt', randomText(11, 30_000, true))

async function dataset(
  options: Partial<PrepareOptions> = {},
): Promise<{ folder: string; manifest: Manifest }> {
  const folder = path(`out-${runs++}`)
  const manifest = await prepare({
    inputs: [input],
    output: folder,
    inputFormat: 'text',
    document: 'line',
    shardSize: 50_000,
    ...options,
  })
  return { folder, manifest }
}

/** Changes bytes of a file, and, so that checksums hide nothing, the manifest's checksum of it. */
function tamper(folder: string, name: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(`${folder}/${name}`)
  const before = crc32(bytes)
  change(bytes)
  writeFileSync(`${folder}/${name}`, bytes)
  const manifest = readFileSync(`${folder}/manifest.json`, 'utf8')
  expect(manifest).toContain(before)
  writeFileSync(`${folder}/manifest.json`, manifest.replace(before, crc32(bytes)))
}

async function problems(folder: string, more = {}): Promise<readonly VerifyProblem[]> {
  const report = await verify(folder, more)
  expect(report.ok).toBe(report.problems.length === 0)
  return report.problems
}

describe.each(engines())('with $engine $target', (engine) => {
  it.each([
    {},
    { dtype: 'uint16' },
    { bos: false },
    { eos: false },
    { bos: false, eos: false },
    { reserved: 'keep' },
    { reserved: 'picture' },
    { reserved: 'strip' },
    { reserved: 'quarantine' },
    { invalid: 'replace' },
    { checksum: 'sha256' },
    { document: 'file' },
  ] as const)('a sound dataset has no problems: %o', async (options) => {
    const { folder, manifest } = await dataset(options)
    const files = manifest.shards.flatMap((shard) => Object.values(shard.files))
    expect(await verify(folder, { ...engine, againstSource: true })).toEqual({
      ok: true,
      problems: [],
      truncated: false,
      againstSource: true,
      shards: manifest.shards.length,
      documents: manifest.totals.documents,
      tokens: manifest.totals.tokens,
      codePoints: manifest.totals.codePoints,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
    })
  })

  it.each(['uint8', 'uint16'] as const)('says which document, and where: %s', async (dtype) => {
    const { folder, manifest } = await dataset({ dtype })
    const [first, second] = manifest.shards
    const width = dtype === 'uint8' ? 1 : 2
    const { name } = second.files.bin
    const { lengths, offsets } = parseIndex(`${folder}/${second.files.idx.name}`)
    const before = first.counts.documents
    // A document of some plain letters, and one with an escape.
    const bytes = readFileSync(`${folder}/${name}`)
    const content = (i: number) =>
      Array.from({ length: lengths[i] }, (_, at) => bytes[offsets[i] + at * width]).slice(1, -1)
    const plain = lengths.findIndex(
      (_, i) => content(i).length > 6 && content(i).every((byte) => byte >= 0x20 && byte < 0x7f),
    )
    const escaped = lengths.findIndex((_, i) => content(i).includes(0x10))
    const dle = content(escaped).indexOf(0x10) + 1
    const last = lengths.length - 1

    const faults: [document: number, token: number, value: number][] = [
      [plain, 0, 0x41],
      [plain, lengths[plain] - 1, 0x41],
      [plain, 3, 0x02],
      [plain, 3, 0x03],
      [plain, 3, 0x01],
      [plain, 3, 0x80],
      [plain, 3, 0xff],
      [plain, 3, 0xe4],
      [plain, 3, 0x10],
      [last, lengths[last] - 1, 0x10],
      [escaped, dle + 1, 0x7e],
      [escaped, dle + 1, 0x49],
      [0, 0, 0x20],
    ]
    for (const [document, token, value] of faults) {
      const copy = path(`copy-${runs++}`)
      cpSync(folder, copy, { recursive: true })
      const offset = offsets[document] + token * width
      tamper(copy, name, (content) => content.writeUInt8(value, offset))
      const found = await problems(copy, engine)
      expect(found).toHaveLength(1)
      const place = { code: 'ERR_DATASET', file: name, document: before + document }
      // The second half of an escape is wrong where it begins; a lead byte's character is wrong from there on.
      const at = value === 0x7e || value === 0x49 ? offset - width : offset
      expect(found[0]).toMatchObject({ ...place, offset: at })
      rmSync(copy, { recursive: true })
    }
    if (width === 2) {
      tamper(folder, name, (content) => content.writeUInt8(1, offsets[plain] + 7))
      expect((await problems(folder, engine))[0]).toMatchObject({ file: name, offset: offsets[plain] + 6 })
    }
  })
})

describe('finds', () => {
  it('a changed byte by the checksum, and its document only if it shows', async () => {
    const { folder, manifest } = await dataset({ checksum: 'sha256' })
    for (const { name } of Object.values(manifest.shards[1].files)) {
      const bytes = readFileSync(`${folder}/${name}`)
      const changed = Buffer.from(bytes)
      // In the quarantine file and in the document a letter for a letter.
      const at = name.endsWith('.idx') ? changed.length - 1 : changed.lastIndexOf(Buffer.from('a'))
      changed[at] ^= 0x03
      writeFileSync(`${folder}/${name}`, changed)
      const messages = (await problems(folder)).map(({ file, message }) => `${file} ${message}`)
      expect(
        messages.filter((message) => message.startsWith(name) && message.includes('CRC-32')),
      ).toHaveLength(1)
      expect(
        messages.filter((message) => message.startsWith(name) && message.includes('SHA-256')),
      ).toHaveLength(1)
      writeFileSync(`${folder}/${name}`, bytes)
    }
    expect(await problems(folder)).toEqual([])
  })

  it('files that are missing, too short or too long', async () => {
    const { folder, manifest } = await dataset()
    for (const { name, size } of Object.values(manifest.shards[0].files)) {
      const bytes = readFileSync(`${folder}/${name}`)
      appendFileSync(`${folder}/${name}`, 'x')
      expect(await problems(folder)).toContainEqual(
        expect.objectContaining({
          file: name,
          offset: size,
          message: `expected ${size} bytes, and it has ${size + 1}`,
        }),
      )
      truncateSync(`${folder}/${name}`, size - 1)
      expect(await problems(folder)).toContainEqual(expect.objectContaining({ file: name, offset: size - 1 }))
      truncateSync(`${folder}/${name}`, 0)
      expect(await problems(folder)).toContainEqual(expect.objectContaining({ file: name, offset: 0 }))
      renameSync(`${folder}/${name}`, path('moved'))
      expect(await problems(folder)).toContainEqual(expect.objectContaining({ file: name }))
      writeFileSync(`${folder}/${name}`, bytes)
    }
    expect(await problems(folder)).toEqual([])
  })

  it('an index that is wrong, and in which entry', async () => {
    const { folder, manifest } = await dataset()
    const { name } = manifest.shards[1].files.idx
    const count = manifest.shards[1].counts.documents
    const before = manifest.shards[0].counts.documents
    const entries: [offset: number, change: (bytes: Buffer) => void, document?: number][] = [
      [0, (bytes) => bytes.write('X', 0)],
      [9, (bytes) => bytes.writeUInt8(2, 9)],
      [17, (bytes) => bytes.writeUInt8(8, 17)],
      [18, (bytes) => bytes.writeUInt32LE(count ^ 1, 18)],
      [34 + 4 * 7, (bytes) => bytes.writeInt32LE(1, 34 + 4 * 7), 7],
      [34 + 4 * 9, (bytes) => bytes.writeInt32LE(-5, 34 + 4 * 9), 9],
      [34 + 4 * count + 8 * 3, (bytes) => bytes.writeUInt8(1, 34 + 4 * count + 8 * 3 + 7), 3],
      [34 + 12 * count + 8 * 4, (bytes) => bytes.writeUInt32LE(5, 34 + 12 * count + 8 * 4), 4],
      [34 + 12 * count + 8 * count, (bytes) => bytes.writeUInt32LE(0, 34 + 20 * count), count],
    ]
    for (const [offset, change, document] of entries) {
      const copy = path(`copy-${runs++}`)
      cpSync(folder, copy, { recursive: true })
      tamper(copy, name, change)
      const place = document === undefined ? {} : { document: before + document }
      expect((await problems(copy))[0]).toMatchObject({ file: name, offset, ...place })
    }
    // Two lengths that are wrong and have the right sum: their documents show it.
    tamper(folder, name, (bytes) => {
      bytes.writeInt32LE(bytes.readInt32LE(34 + 4 * 2) + 1, 34 + 4 * 2)
      bytes.writeInt32LE(bytes.readInt32LE(34 + 4 * 3) - 1, 34 + 4 * 3)
    })
    expect((await problems(folder)).map(({ document }) => document)).toEqual([before + 3, before + 2])
  })

  it('quarantine lines that are wrong', async () => {
    const { folder, manifest } = await dataset({ shardSize: 1e6 })
    const name = manifest.shards[0].files.quarantine?.name ?? ''
    const text = readFileSync(`${folder}/${name}`, 'latin1')
    const second = text.indexOf('\n') + 1
    const base64 = text.indexOf('"bytes":"', second) + 9
    for (const [offset, at, value] of [
      [second, second, '['],
      [second, base64 + 1, '='],
      [second, base64 + 1, '"'],
      [second, text.indexOf('"length":', second) + 9, '9'],
      [undefined, text.indexOf('"reason":"', second) + 10, 'x'],
      [text.lastIndexOf('\n', text.length - 2) + 1, text.length - 1, ' '],
    ] as const) {
      const copy = path(`copy-${runs++}`)
      cpSync(folder, copy, { recursive: true })
      tamper(copy, name, (bytes) => bytes.write(value, at))
      const found = await problems(copy)
      expect(found).toHaveLength(1)
      expect(found[0]).toMatchObject({ file: name, ...(offset === undefined ? {} : { offset }) })
    }
  })

  it('a manifest that does not fit itself', async () => {
    const { folder } = await dataset({ checksum: 'sha256' })
    const text = readFileSync(`${folder}/manifest.json`, 'utf8')
    for (const [from, to] of [
      ['"bos": true', '"bos": false'],
      ['"reserved": "escape"', '"reserved": "strip"'],
      ['"end": ', '"end": 1'],
    ]) {
      expect(text).toContain(from)
      writeFileSync(`${folder}/manifest.json`, text.replace(from, to))
      expect(await problems(folder)).toContainEqual(expect.objectContaining({ file: 'manifest.json' }))
    }
    const parsed = JSON.parse(text)
    for (const change of ['documents', 'tokens', 'codePoints', 'reservedBytes']) {
      const shards = parsed.shards.map((shard: { index: number; counts: Record<string, number> }) =>
        shard.index === 0
          ? { ...shard, counts: { ...shard.counts, [change]: shard.counts[change] + 1 } }
          : shard,
      )
      const totals = { ...parsed.totals, [change]: parsed.totals[change] + 1 }
      writeFileSync(`${folder}/manifest.json`, JSON.stringify({ ...parsed, shards, totals }))
      expect(await problems(folder), change).not.toEqual([])
    }
    writeFileSync(`${folder}/manifest.json`, text)
    writeFileSync(
      `${folder}/SHA256SUMS`,
      readFileSync(`${folder}/SHA256SUMS`, 'utf8').replace(/[0-9a-f]/, 'x'),
    )
    expect(await problems(folder)).toEqual([expect.objectContaining({ file: 'SHA256SUMS' })])
    for (const [content, code] of [
      ['{', 'ERR_DATASET'],
      ['{"formatVersion":99}', 'ERR_DATASET'],
    ] as const) {
      writeFileSync(`${folder}/manifest.json`, content)
      await expect(verify(folder)).rejects.toMatchObject({ code })
    }
  })
})

describe('against the source', () => {
  it('finds what the dataset alone does not show', async () => {
    const { folder, manifest } = await dataset()
    expect(await problems(folder, { againstSource: true })).toEqual([])
    const { bin, idx } = manifest.shards[1].files
    const { offsets, lengths } = parseIndex(`${folder}/${idx.name}`)
    const bytes = readFileSync(`${folder}/${bin.name}`)
    const document = lengths.findIndex((length, i) => length > 3 && bytes[offsets[i] + 1] === 0x61)
    tamper(folder, bin.name, (content) => content.write('b', offsets[document] + 1))
    expect(await problems(folder)).toEqual([])
    expect(await problems(folder, { againstSource: true })).toEqual([
      expect.objectContaining({
        file: bin.name,
        document: manifest.shards[0].counts.documents + document,
        offset: offsets[document] + 1,
      }),
    ])
  })

  it('says when the source changed or is gone, once', async () => {
    const file = put('goes.txt', 'one\ntwo\nthree\n')
    const { folder } = await dataset({ inputs: [file], shardSize: 5 })
    put('goes.txt', 'one\ntwo\nthreE\n')
    expect(await problems(folder, { againstSource: true })).toEqual([
      expect.objectContaining({ code: 'ERR_INPUT_CHANGED', file }),
    ])
    rmSync(file)
    expect(await problems(folder, { againstSource: true })).toEqual([
      expect.objectContaining({ code: 'ERR_INPUT_NOT_FOUND', file }),
    ])
  })
})

it('stops on a signal', async () => {
  const { folder } = await dataset()
  const abort = new AbortController()
  abort.abort()
  await expect(verify(folder, { signal: abort.signal })).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
})
