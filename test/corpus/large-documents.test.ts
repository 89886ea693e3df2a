/**
 * Documents larger than every buffer, refused at their very end: what was written of them is taken back, in the file,
 * the checksums and the index.
 */
import { describe, expect, it } from 'vitest'
import { prepare, verify } from '../../dist/corpus/index.js'
import { documentsOf, engines, quarantineOf, scratch } from './helpers.js'

const { path, put } = scratch()
let runs = 0

const UNIT = Buffer.from('Füllung, наполнитель, 填充物. ')

/** Well-formed text of a size. */
function filler(size: number): Buffer {
  const rest = size % UNIT.length
  return Buffer.concat([Buffer.alloc(size - rest, UNIT), Buffer.alloc(rest, '.')])
}

/** Framed sizes around those of the chunks, and well above. */
const SIZES = [1_000, 262_144, 600_000, 3_000_001]

describe.each(engines())('$engine $target', (engine) => {
  it.each(['uint8', 'uint16'] as const)('takes back what it wrote of them: %s', async (dtype) => {
    const documents: Buffer[] = []
    for (const [i, size] of SIZES.entries()) {
      documents.push(Buffer.from(`in front of ${i}`))
      documents.push(Buffer.concat([filler(size), Buffer.of(0xff)]))
      documents.push(Buffer.concat([filler(size), Buffer.from(`good ${i}`)]))
      documents.push(Buffer.concat([filler(size), Buffer.of(0xc3)]))
    }
    const good = documents.filter((document) => document.equals(Buffer.from(document.toString())))
    const bad = documents.filter((document) => !good.includes(document))
    expect(bad).toHaveLength(8)
    const file = put(
      'lines.txt',
      Buffer.concat(documents.flatMap((document) => [document, Buffer.from('\n')])),
    )
    for (const checksum of ['crc32', 'sha256'] as const) {
      const output = path(`out-${runs++}`)
      const options = {
        inputs: [file],
        output,
        document: 'line',
        dtype,
        checksum,
        workers: 1,
        ...engine,
      } as const
      const manifest = await prepare(options)
      const expected = good.map((document) => Buffer.concat([Buffer.of(2), document, Buffer.of(3)]))
      const found = documentsOf(output, manifest)
      expect(found.length).toBe(expected.length)
      expect(found.every((document, i) => document.equals(expected[i]))).toBe(true)
      const aside = quarantineOf(output, manifest)
      expect(aside).toHaveLength(bad.length)
      for (const [i, line] of aside.entries()) {
        expect(Buffer.from(String(line.bytes), 'base64').equals(bad[i])).toBe(true)
        expect(line.errorOffset).toBe(Number(line.offset) + Number(line.length) - 1)
      }
      expect(await verify(output, { againstSource: true, ...engine })).toMatchObject({
        ok: true,
        problems: [],
      })
    }
  })

  it('takes back a whole file, too, and the last one', async () => {
    const inputs = [
      put('files/a.txt', filler(900_000)),
      put('files/b.txt', Buffer.concat([filler(2_000_000), Buffer.of(0xff)])),
      put('files/c.txt', 'small'),
      put('files/d.txt', Buffer.concat([filler(2_000_000), Buffer.from('\u0001')])),
    ]
    const output = path(`out-${runs++}`)
    const manifest = await prepare({ inputs, output, reserved: 'quarantine', workers: 1, ...engine })
    expect(manifest.totals.documents).toBe(2)
    expect(quarantineOf(output, manifest).map(({ file }) => file)).toEqual([inputs[1], inputs[3]])
    expect(await verify(output, { againstSource: true, ...engine })).toMatchObject({ ok: true, problems: [] })
  })
})
