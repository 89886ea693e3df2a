/**
 * Malformed files, each with the code of its error and the byte at which it shows. What Hugging Face's reader says of the same files is
 * asked in test/interop/safetensors.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { loadSafetensors } from '../../dist/embedding/index.js'
import { SafetensorsFile } from '../../dist/embedding/safetensors/file.js'
import { Utf8TokenizerError } from '../../dist/errors.js'
import { MALFORMED, WELL_FORMED } from './malformed.cases.js'
import { RecordedFile, scratch, thrownBy } from './safetensors-files.js'

const files = scratch()

describe('a malformed file', () => {
  it('is tried in 50 ways and more', () => {
    expect(MALFORMED.length).toBeGreaterThanOrEqual(50)
    expect(new Set(MALFORMED.map(({ name }) => name)).size).toBe(MALFORMED.length)
  })

  it.each(MALFORMED)('$name', ({ bytes, code, offset }) => {
    const path = files.write('malformed.safetensors', bytes)
    expect(thrownBy(() => loadSafetensors(path))).toMatchObject({ code, offset, file: path })
  })

  it.each(MALFORMED)('is closed, and nothing behind its end or header read: $name', ({ bytes }) => {
    const file = new RecordedFile(bytes)
    expect(() => new SafetensorsFile(file)).toThrow()
    expect(file.closed).toBe(true)
    expect(file.reads.length).toBeLessThanOrEqual(2)
  })

  it.each(WELL_FORMED)('is not what has $name', ({ bytes, tensors }) => {
    const checkpoint = loadSafetensors(files.write('sound.safetensors', bytes))
    expect(checkpoint.names).toEqual(tensors)
    for (const name of tensors) {
      const tensor = checkpoint.tensor(name)
      expect(tensor.bytes().length).toBe(tensor.byteLength)
    }
    checkpoint.close()
  })

  it('at any byte of the header is an error with a code, or reads as something sound', () => {
    const sound = WELL_FORMED[0].bytes
    const end = 8 + Number(sound.readBigUInt64LE())
    let refused = 0
    let taken = 0
    for (let place = 0; place < end; place++) {
      for (const byte of [0x00, 0x20, 0x22, 0x30, 0x39, 0x2c, 0x5d, 0x7d, 0x80, 0xff]) {
        const bytes = Buffer.from(sound)
        bytes[place] = byte
        try {
          const file = new SafetensorsFile(new RecordedFile(bytes))
          const { __metadata__, ...entries } = JSON.parse(
            bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())),
          )
          expect(file.metadata ?? null).toEqual(__metadata__ ?? null)
          expect(file.names.sort()).toEqual(Object.keys(entries).sort())
          for (const { name, dtype, shape, byteLength } of file.tensors()) {
            const [start, stop] = entries[name].data_offsets
            expect({ dtype, shape, byteLength }).toEqual({
              dtype: entries[name].dtype,
              shape: entries[name].shape,
              byteLength: stop - start,
            })
            taken++
          }
        } catch (error) {
          if (!(error instanceof Utf8TokenizerError)) throw error
          expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_SAFETENSORS_/) })
          refused++
        }
      }
    }
    expect(refused).toBeGreaterThan(end * 5)
    expect(taken).toBeGreaterThan(100)
  })

  it('cut anywhere is too short', () => {
    const sound = WELL_FORMED[0].bytes
    for (let size = 0; size < sound.length; size++) {
      const file = new RecordedFile(sound.subarray(0, size))
      expect(
        thrownBy(() => new SafetensorsFile(file)),
        `${size} bytes`,
      ).toMatchObject({ code: 'ERR_SAFETENSORS_SIZE' })
    }
  })
})
