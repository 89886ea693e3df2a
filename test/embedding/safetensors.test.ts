/** Safetensors files written and read again: every type, every kind of shape, what stands in the header, and how much is read. */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadSafetensors, saveSafetensors } from '../../dist/embedding/index.js'
import { TENSOR_DTYPES, type TensorDtype, tensorBytes } from '../../dist/embedding/safetensors/dtypes.js'
import { SafetensorsFile } from '../../dist/embedding/safetensors/file.js'
import { DiskFile, type RandomAccess } from '../../dist/files/random-access.js'
import { Random } from '../seeded.js'
import { entry, fileOf, RecordedFile, scratch, thrownBy } from './safetensors-files.js'

const files = scratch()

/** Bits of a number: written down from the format's list, not taken from the code. */
const BITS: Readonly<Record<TensorDtype, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
}

const SHAPES = [[], [0], [1], [4], [2, 0, 3], [3, 4], [1, 2, 4], [2, 2, 2, 2], [260, 4]]

describe('a file with a tensor of each type', () => {
  const random = new Random(1)
  const tensors = TENSOR_DTYPES.flatMap((dtype) =>
    SHAPES.flatMap((shape) => {
      const bits = shape.reduce((product, size) => product * size, BITS[dtype])
      return bits % 8 === 0
        ? [{ name: `${dtype} [${shape}]`, dtype, shape, data: random.bytes(bits / 8) }]
        : []
    }),
  )

  it('gives back what was written, in the order of types and names, aligned', async () => {
    expect(TENSOR_DTYPES).toEqual(Object.keys(BITS))
    const path = files.path('types.safetensors')
    const metadata = { format: 'pt', 'a "b"': 'é\u2028\u0001\\', __proto__x: '' }
    const shuffled = [...tensors].sort(
      (a, b) => (a.data.length % 7) - (b.data.length % 7) || (a.name < b.name ? 1 : -1),
    )
    const written = await saveSafetensors(
      path,
      shuffled.map((tensor) => [tensor.name, tensor] as const),
      { metadata },
    )
    const bytes = readFileSync(path)
    expect(written).toEqual([{ path, size: bytes.length }])
    const headerBytes = Number(bytes.readBigUInt64LE())
    expect(headerBytes % 8).toBe(0)

    const checkpoint = loadSafetensors(path)
    expect(checkpoint.metadata).toEqual(metadata)
    expect([...checkpoint.names].sort()).toEqual(tensors.map(({ name }) => name).sort())
    const sorted = [...tensors].sort(
      (a, b) => TENSOR_DTYPES.indexOf(b.dtype) - TENSOR_DTYPES.indexOf(a.dtype) || (a.name < b.name ? -1 : 1),
    )
    expect(checkpoint.names).toEqual(sorted.map(({ name }) => name))
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes))
    for (const { name, dtype, shape, data } of tensors) {
      const tensor = checkpoint.tensor(name)
      expect({ dtype: tensor.dtype, shape: tensor.shape }).toEqual({ dtype, shape })
      expect(Buffer.compare(tensor.bytes(), data), name).toBe(0)
      const [start] = header[name].data_offsets
      expect((8 + headerBytes + start) % Math.max(1, BITS[dtype] / 8), `alignment of ${name}`).toBe(0)
    }
    checkpoint.close()
  })

  it.each(tensors.filter(({ shape }) => shape.length === 2 && shape[0] === 3))(
    'gives the numbers of $dtype in an array for them',
    async ({ name, dtype, shape, data }) => {
      const path = files.path('array.safetensors')
      await saveSafetensors(path, { [name]: { dtype, shape, data } })
      const array = loadSafetensors(path).tensor(name).array()
      const kinds: Partial<Record<TensorDtype, string>> = {
        I8: 'Int8Array',
        I16: 'Int16Array',
        U16: 'Uint16Array',
        F16: 'Uint16Array',
        BF16: 'Uint16Array',
        I32: 'Int32Array',
        U32: 'Uint32Array',
        F32: 'Float32Array',
        C64: 'Float32Array',
        F64: 'Float64Array',
        I64: 'BigInt64Array',
        U64: 'BigUint64Array',
      }
      expect(array.constructor.name).toBe(kinds[dtype] ?? 'Uint8Array')
      expect(Buffer.compare(new Uint8Array(array.buffer), data)).toBe(0)
    },
  )

  it('counts bytes only where they are whole', () => {
    expect(tensorBytes('F4', [3])).toBeUndefined()
    expect(tensorBytes('F6_E2M3', [4])).toBe(3)
    expect(tensorBytes('U8', [2 ** 53])).toBeUndefined()
    expect(tensorBytes('F64', [2 ** 40, 2 ** 40, 0])).toBe(0)
  })

  it('gives floats of four types as 32-bit floats, and refuses the others', async () => {
    const path = files.path('floats.safetensors')
    const pi = Math.fround(Math.PI)
    await saveSafetensors(path, {
      f64: { dtype: 'F64', shape: [2], data: Float64Array.of(Math.PI, -1e300) },
      f32: { dtype: 'F32', shape: [2], data: Float32Array.of(pi, -0) },
      f16: { dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0x0001, 0xfc00) },
      bf16: { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc049) },
      i32: { dtype: 'I32', shape: [1], data: Int32Array.of(7) },
    })
    const checkpoint = loadSafetensors(path)
    const floats = (name: string) => [...checkpoint.tensor(name).float32()]
    expect(floats('f64')).toEqual([pi, Number.NEGATIVE_INFINITY])
    expect(floats('f32')).toEqual([pi, -0])
    expect(floats('f16')).toEqual([1, 2 ** -24, Number.NEGATIVE_INFINITY])
    expect(floats('bf16')).toEqual([1, -3.140625])
    expect(thrownBy(() => checkpoint.tensor('i32').float32())).toMatchObject({ code: 'ERR_ARGUMENT' })
    checkpoint.close()
    expect(thrownBy(() => floats('f32'))).toMatchObject({ code: 'ERR_INPUT_UNREADABLE' })
  })

  it('is byte for byte what the format says', async () => {
    const path = files.path('exact.safetensors')
    await saveSafetensors(path, {
      b: { dtype: 'F32', shape: [], data: Float32Array.of(1) },
      a: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
      '\ue000': { dtype: 'I64', shape: [1], data: BigInt64Array.of(-1n) },
      '😀': { dtype: 'I64', shape: [1], data: BigInt64Array.of(1n) },
    })
    // By UTF-8 U+E000 comes first, by UTF-16 the emoji would.
    const json = `{"\ue000":${entry('I64', [1], 0, 8)},"😀":${entry('I64', [1], 8, 16)},"b":${entry('F32', [], 16, 20)},"a":${entry('U8', [3], 20, 23)}}`
    const padded = json + ' '.repeat(-Buffer.byteLength(json) & 7)
    const data = Buffer.from(`${'ff'.repeat(8)}01${'00'.repeat(7)}0000803f010203`, 'hex')
    expect(readFileSync(path).equals(fileOf(padded, data))).toBe(true)
    await saveSafetensors(path, {})
    expect(readFileSync(path).equals(fileOf('{}      '))).toBe(true)
  })
})

describe('reading', () => {
  const bytes = fileOf(
    `{"a":${entry('U8', [100], 0, 100)},"b":${entry('F32', [5], 100, 120)},"c":${entry('U8', [80], 120, 200)}}`,
    Buffer.from(Array.from({ length: 200 }, (_, i) => i)),
  )
  const headerEnd = 8 + Number(bytes.readBigUInt64LE())

  it('takes the header in two reads, and of the tensors only the one that is asked for', () => {
    const recorded = new RecordedFile(bytes)
    const file = new SafetensorsFile(recorded)
    expect(recorded.reads).toEqual([
      { position: 0, length: 8 },
      { position: 8, length: headerEnd - 8 },
    ])
    const tensor = file.tensor('b')
    expect(file.names).toEqual(['a', 'b', 'c'])
    expect(recorded.reads.length).toBe(2)
    expect([...tensor.bytes()]).toEqual(Array.from({ length: 20 }, (_, i) => 100 + i))
    expect(recorded.reads.slice(2)).toEqual([{ position: headerEnd + 100, length: 20 }])
    const part = new Uint8Array(4)
    tensor.read(part, 8)
    expect([...part]).toEqual([108, 109, 110, 111])
    expect(recorded.reads.slice(3)).toEqual([{ position: headerEnd + 108, length: 4 }])
  })

  it.each([
    [new Uint8Array(21), 0],
    [new Uint8Array(1), 20],
    [new Uint8Array(1), -1],
    [new Uint8Array(1), 0.5],
    ['x', 0],
  ])('refuses a range that the tensor does not have: %o, %d', (target, position) => {
    const recorded = new RecordedFile(bytes)
    const tensor = new SafetensorsFile(recorded).tensor('b')
    expect(thrownBy(() => tensor.read(target as Uint8Array, position))).toMatchObject({
      code: 'ERR_ARGUMENT',
    })
    expect(recorded.reads.length).toBe(2)
  })

  it('knows the names, and has no others', () => {
    const checkpoint = loadSafetensors(files.write('names.safetensors', bytes))
    expect([checkpoint.has('a'), checkpoint.has('d'), checkpoint.has('toString')]).toEqual([
      true,
      false,
      false,
    ])
    expect(thrownBy(() => checkpoint.tensor('d'))).toMatchObject({
      code: 'ERR_TENSOR_NOT_FOUND',
      file: checkpoint.path,
    })
    checkpoint.close()
  })

  it('of 2 GiB and more takes no more than the header and the tensor', () => {
    // The file has a hole in place of its middle.
    const hole = 2 ** 31 + 2 ** 20
    const header = `{"small":${entry('U8', [16], 0, 16)},"large":${entry('U8', [hole], 16, 16 + hole)},"last":${entry('U8', [1000], 16 + hole, 1016 + hole)}}`
    const start = fileOf(header, Buffer.alloc(16, 7))
    const path = files.path('large.safetensors')
    const descriptor = openSync(path, 'w')
    writeSync(descriptor, start)
    writeSync(descriptor, Buffer.alloc(1000, 9), 0, 1000, start.length + hole)
    ftruncateSync(descriptor, start.length + hole + 1000)
    closeSync(descriptor)

    const disk = new DiskFile(path)
    let read = 0
    const counted: RandomAccess = {
      path,
      size: disk.size,
      read(target, position) {
        read += target.length
        disk.read(target, position)
      },
      checkUnchanged: () => disk.checkUnchanged(),
      close: () => disk.close(),
    }
    const memory = process.memoryUsage().arrayBuffers
    const file = new SafetensorsFile(counted)
    expect([...file.tensor('last').bytes()]).toEqual(Array(1000).fill(9))
    expect([...file.tensor('small').bytes()]).toEqual(Array(16).fill(7))
    const part = new Uint8Array(3)
    file.tensor('large').read(part, hole - 3)
    expect([...part]).toEqual([0, 0, 0])
    expect(read).toBe(8 + header.length + 1000 + 16 + 3)
    expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(1_000_000)
    file.close()
  })

  it('tells of a file that changes meanwhile', () => {
    const path = files.write('changing.safetensors', bytes)
    const checkpoint = loadSafetensors(path)
    const descriptor = openSync(path, 'r+')
    ftruncateSync(descriptor, headerEnd + 150)
    closeSync(descriptor)
    expect(thrownBy(() => checkpoint.tensor('c').bytes())).toMatchObject({
      code: 'ERR_INPUT_CHANGED',
      file: path,
    })
    expect(checkpoint.tensor('a').bytes().length).toBe(100)
    expect(thrownBy(() => checkpoint.file('changing.safetensors').checkUnchanged())).toMatchObject({
      code: 'ERR_INPUT_CHANGED',
    })
    checkpoint.close()
  })

  it.each(['', 7, undefined])('refuses the path %o', (path) => {
    expect(thrownBy(() => loadSafetensors(path as string))).toMatchObject({ code: 'ERR_ARGUMENT' })
  })

  it('says what is not there', () => {
    expect(thrownBy(() => loadSafetensors(files.path('none.safetensors')))).toMatchObject({
      code: 'ERR_INPUT_NOT_FOUND',
    })
    expect(thrownBy(() => loadSafetensors(files.path('.')))).toMatchObject({
      code: 'ERR_INPUT_NOT_FOUND',
      file: files.path('model.safetensors'),
    })
  })
})

describe('writing', () => {
  const tensor = { dtype: 'F32', shape: [2], data: new Float32Array(2) } as const

  it.each([
    ['no ending', 'x', { a: tensor }, {}],
    ['no tensors', 'x.safetensors', null, {}],
    ['no tensor', 'x.safetensors', { a: 7 }, {}],
    ['an unknown type', 'x.safetensors', { a: { ...tensor, dtype: 'F31' } }, {}],
    ['an inherited type', 'x.safetensors', { a: { ...tensor, dtype: 'toString' } }, {}],
    ['a shape that is none', 'x.safetensors', { a: { ...tensor, shape: 2 } }, {}],
    ['a size below 0', 'x.safetensors', { a: { ...tensor, shape: [-2] } }, {}],
    ['too little data', 'x.safetensors', { a: { ...tensor, shape: [3] } }, {}],
    ['too much data', 'x.safetensors', { a: { ...tensor, shape: [1] } }, {}],
    ['data that are no array', 'x.safetensors', { a: { ...tensor, data: [1, 2] } }, {}],
    ['half a byte', 'x.safetensors', { a: { dtype: 'F4', shape: [1], data: new Uint8Array(1) } }, {}],
    ['a name that is taken', 'x.safetensors', { __metadata__: tensor }, {}],
    ['an ill-formed name', 'x.safetensors', { '\ud800': tensor }, {}],
    [
      'a name twice',
      'x.safetensors',
      [
        ['a', tensor],
        ['a', tensor],
      ],
      {},
    ],
    ['an unknown option', 'x.safetensors', { a: tensor }, { overwrite: true }],
    ['metadata with a number', 'x.safetensors', { a: tensor }, { metadata: { n: 1 } }],
    ['ill-formed metadata', 'x.safetensors', { a: tensor }, { metadata: { n: '\udfff' } }],
    ['a shard size of 0', 'x.safetensors', { a: tensor }, { maxShardSize: 0 }],
  ])('refuses %s, and leaves nothing', async (_, name, tensors, options) => {
    const path = files.path(name)
    await expect(saveSafetensors(path, tensors as never, options as never)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    })
    expect(existsSync(path)).toBe(false)
  })

  it('replaces a file only when the new one is complete', async () => {
    const path = files.write('kept.safetensors', 'as it was')
    const failing = {
      dtype: 'U8',
      shape: [10_000_000],
      read(_: Uint8Array, position: number) {
        if (position > 5_000_000) throw new RangeError('cannot be read')
      },
    } as const
    await expect(saveSafetensors(path, { failing })).rejects.toThrow('cannot be read')
    const aborted = AbortSignal.abort()
    await expect(saveSafetensors(path, { tensor }, { signal: aborted })).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
    })
    await expect(saveSafetensors(files.path('no/folder.safetensors'), { tensor })).rejects.toMatchObject({
      code: 'ERR_OUTPUT_WRITE',
    })
    expect(readFileSync(path, 'utf8')).toBe('as it was')
    expect(readdirSync(files.path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([])
    await saveSafetensors(path, { tensor })
    expect(loadSafetensors(path).names).toEqual(['tensor'])
  })

  it('copies tensors of any size in chunks, over itself too', async () => {
    const size = 5 * 2 ** 20 + 3
    const path = files.path('copied.safetensors')
    const data = new Random(3).bytes(size)
    await saveSafetensors(path, { data: { dtype: 'U8', shape: [size], data } })
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
    const checkpoint = loadSafetensors(path)
    const told: number[] = []
    let largest = 0
    const tensor = checkpoint.tensor('data')
    const source = {
      dtype: tensor.dtype,
      shape: tensor.shape,
      read(target: Uint8Array, position: number) {
        largest = Math.max(largest, target.length)
        tensor.read(target, position)
      },
    }
    await saveSafetensors(path, { data: source }, { onProgress: (done, total) => told.push(done / total) })
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(hash)
    expect(largest).toBeLessThanOrEqual(2 ** 20)
    expect(told.at(-1)).toBe(1)
    checkpoint.close()
  })
})
