/**
 * What the tests of the corpus share: folders that go away, an index parser of its own, and an oracle that finds and
 * frames documents the slow and obvious way.
 */
import { isUtf8 } from 'node:buffer'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import type { DocumentUnit, EngineRequest, Manifest, PlanOptions } from '../../dist/corpus/index.js'
import { loadNative } from '../../dist/engine/native.js'

/** A folder for one test file's files, removed when its tests are done. */
export function scratch(): {
  path(...names: string[]): string
  put(name: string, content: string | Uint8Array): string
} {
  const root = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-test-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const path = (...names: string[]) => join(root, ...names)
  return {
    path,
    put(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), content)
      return path(name)
    },
  }
}

/** The JavaScript engine, and the native one on each instruction set that there is here. */
export function engines(): EngineRequest[] {
  const native = loadNative()
  const targets = native.binding === null ? [] : native.binding.targets()
  return [{ engine: 'javascript' }, ...targets.map((target) => ({ engine: 'native' as const, target }))]
}

/** All fields of a Megatron index. */
export function parseIndex(path: string) {
  const bytes = readFileSync(path)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = Number(view.getBigUint64(18, true))
  const documents = Number(view.getBigUint64(26, true))
  let at = 34
  const lengths = Array.from({ length: count }, (_, i) => view.getInt32(at + 4 * i, true))
  at += 4 * count
  const offsets = Array.from({ length: count }, (_, i) => Number(view.getBigInt64(at + 8 * i, true)))
  at += 8 * count
  const indices = Array.from({ length: documents }, (_, i) => Number(view.getBigInt64(at + 8 * i, true)))
  at += 8 * documents
  return {
    magic: bytes.toString('latin1', 0, 9),
    version: Number(view.getBigUint64(9, true)),
    dtype: view.getUint8(17),
    count,
    documents,
    lengths,
    offsets,
    indices,
    /** Bytes behind what the header announces. */
    rest: bytes.length - at,
  }
}

/** The documents of all shards, framed, by means of the parsed indexes alone. */
export function documentsOf(folder: string, manifest: Manifest): Buffer[] {
  const width = manifest.options.dtype === 'uint8' ? 1 : 2
  return manifest.shards.flatMap(({ files }) => {
    const bin = readFileSync(join(folder, files.bin.name))
    const { lengths, offsets } = parseIndex(join(folder, files.idx.name))
    return lengths.map((length, i) => {
      const raw = bin.subarray(offsets[i], offsets[i] + length * width)
      return width === 1 ? raw : Buffer.from(raw.filter((_, at) => at % 2 === 0))
    })
  })
}

/** The lines of all quarantine files. */
export function quarantineOf(folder: string, manifest: Manifest) {
  return manifest.shards.flatMap(({ files }) => {
    if (files.quarantine === undefined) return []
    const lines = readFileSync(join(folder, files.quarantine.name), 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as Record<string, string | number>)
  })
}

/** Every file of a folder, by name. */
export function contentOf(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  )
}

/** Where the documents of a text lie in it: the rules of Engine.frame, one byte after the other. */
export function splitDocuments(
  bytes: Buffer,
  unit: DocumentUnit,
  separator = '',
): [start: number, end: number][] {
  const first = bytes.toString('latin1', 0, 3) === '\xef\xbb\xbf' ? 3 : 0
  if (unit === 'file') return [[first, bytes.length]]
  if (unit === 'separator') return splitAt(bytes, first, Buffer.from(separator))
  const lines = splitLines(bytes, first)
  if (unit === 'line') return lines
  const paragraphs: [number, number][] = []
  let open = false
  for (const [start, end] of lines) {
    if (start === end) open = false
    else if (open) paragraphs[paragraphs.length - 1][1] = end
    else {
      paragraphs.push([start, end])
      open = true
    }
  }
  return paragraphs
}

function splitAt(bytes: Buffer, first: number, separator: Buffer): [number, number][] {
  const parts: [number, number][] = []
  let start = first
  for (;;) {
    const at = bytes.indexOf(separator, start)
    if (at === -1) break
    parts.push([start, at])
    start = at + separator.length
  }
  if (start < bytes.length) parts.push([start, bytes.length])
  return parts
}

function splitLines(bytes: Buffer, first: number): [number, number][] {
  return splitAt(bytes, first, Buffer.from('\n')).map(([start, end]) => {
    const ended = end < bytes.length
    return [start, ended && end > start && bytes[end - 1] === 0x0d ? end - 1 : end]
  })
}

export function isReservedByte(byte: number): boolean {
  return byte < 9 || (byte > 13 && byte < 32)
}

/** A document framed, or undefined if it is refused. */
export function frameDocument(source: Buffer, options: Partial<PlanOptions>): Buffer | undefined {
  const { bos = true, eos = true, reserved = 'escape', invalid = 'quarantine' } = options
  if (!isUtf8(source) && invalid !== 'replace') return undefined
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(source)
  const parts: Buffer[] = []
  for (const byte of Buffer.from(text)) {
    if (!isReservedByte(byte) || reserved === 'keep') parts.push(Buffer.of(byte))
    else if (reserved === 'escape') parts.push(Buffer.of(0x10, byte + 0x40))
    else if (reserved === 'picture') parts.push(Buffer.from(String.fromCharCode(0x2400 + byte)))
    else if (reserved !== 'strip') return undefined
  }
  return Buffer.concat([Buffer.from(bos ? [2] : []), ...parts, Buffer.from(eos ? [3] : [])])
}

/** Random numbers from 0 to below `limit`, the same for the same seed (mulberry32). */
export function random(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

const PIECES = [
  'one ',
  'Füße ',
  'мир ',
  '文字',
  '😀',
  '\n',
  '\n',
  '\r\n',
  '\n\n',
  '\r\n\r\n',
  '\n\r\n',
  '\r',
  '\0',
  '\x10',
  '\x02\x03',
  '--',
  '-',
  'aa',
  'a',
  'b',
  '\ufeff',
  '\t',
].map((piece) => Buffer.from(piece))
const ILL_FORMED = ['\xff', '\xc3', '\xe4\xb8', '\xed\xa0\x80', '\xf0\x9f'].map((piece) =>
  Buffer.from(piece, 'latin1'),
)

/** Text with everything in it that is special somewhere. */
export function randomText(seed: number, pieces: number, illFormed: boolean): Buffer {
  const next = random(seed)
  const all = illFormed ? [...PIECES, ...PIECES, ...ILL_FORMED] : PIECES
  return Buffer.concat(Array.from({ length: pieces }, () => all[next(all.length)]))
}
