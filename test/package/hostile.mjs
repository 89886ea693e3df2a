// Values that no caller should hand to the addon, for abuse.mjs.

/** How often a getter, method or conversion of such a value was called: native code has no business there. */
export const callerCode = { ran: 0 }

/** Numbers at and beyond the edges of what lengths, positions and states can be. */
export const NUMBERS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -0,
  0.5,
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  63,
  64,
  65,
  8191,
  8192,
  8193,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  1e308,
  5e-324,
]

/** The kinds of argument that take any bytes. */
const BYTES = ['bytes', 'input', 'output', 'sampled', 'batch']
/** Those that may lie in shared memory. */
const SHARED = BYTES.filter((kind) => kind !== 'batch')

/** What is handed over: name, how to make it anew, and the kinds of argument for which it may be right. */
export function hostileValues() {
  const trap = () => {
    callerCode.ran++
    return 0
  }
  const trapped = {
    valueOf: trap,
    toString: trap,
    get length() {
      return trap()
    },
  }
  const handler = new Proxy({}, { get: () => trap })
  class Own extends Uint8Array {}
  const values = [
    ['nothing', () => undefined],
    ['null', () => null],
    ['a string', () => 'text', ['text']],
    ['a numeric string', () => '4', ['text']],
    ['a string too long', () => '文'.repeat(65_537)],
    ['half a pair', () => 'x\ud800', ['text']],
    ['an object', () => ({})],
    ['an array', () => [1, 2, 3]],
    [
      'an object that looks like an array',
      () => ({ length: 100, byteLength: 100, byteOffset: 0, buffer: new ArrayBuffer(100) }),
    ],
    ['an object with code', () => trapped],
    ['a symbol', () => Symbol('s')],
    ['a function', () => trap],
    ['a BigInt', () => 10n],
    ['a huge BigInt', () => 2n ** 70n],
    ['a boxed number', () => Object(4)],
    ['a boxed boolean', () => Object(true)],
    ['a date', () => new Date(4)],
    ['true', () => true, ['boolean']],
    ['a proxy of bytes', () => new Proxy(new Uint8Array(8192), {})],
    ['a proxy with code', () => new Proxy({}, handler)],
    ['a prototype without an array', () => Object.create(Uint8Array.prototype)],
    ['an ArrayBuffer', () => new ArrayBuffer(8192)],
    ['a SharedArrayBuffer', () => new SharedArrayBuffer(8192)],
    ['a DataView', () => new DataView(new ArrayBuffer(8192))],
    ['a subclass of Uint8Array', () => new Own(8192), BYTES],
    [
      'bytes with a length of their own',
      () => Object.defineProperty(new Uint8Array(8192), 'length', { get: trap }),
      BYTES,
    ],
    ['shared bytes', () => new Uint8Array(new SharedArrayBuffer(8192)), SHARED],
    ['shared numbers', () => new Float64Array(new SharedArrayBuffer(8192)), ['state']],
    ['shared lengths', () => new Int32Array(new SharedArrayBuffer(8192)), ['lengths']],
    [
      'bytes over growable shared memory',
      () => new Uint8Array(new SharedArrayBuffer(4096, { maxByteLength: 8192 })),
      SHARED,
    ],
    ['frozen numbers', () => Object.freeze(Object.create(Float64Array.prototype))],
    ...NUMBERS.map((number) => [`the number ${number}`, () => number, ['number', 'count', 'every']]),
  ]
  for (const type of [
    Uint8Array,
    Int8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ]) {
    const fits =
      { Uint8Array: BYTES, Float64Array: ['state'], Int32Array: ['lengths'], Uint32Array: ['places'] }[
        type.name
      ] ?? []
    const { name, BYTES_PER_ELEMENT: size } = type
    // An array without an element is an output or a list of lengths with no room; for all else it is too short.
    const small = fits.filter((kind) => ['output', 'lengths', 'sampled', 'batch'].includes(kind))
    values.push(
      [`${name} of 1024`, () => new type(1024), fits],
      [`${name} of nothing`, () => new type(0), small],
      [`detached ${name}`, () => detached(new type(1024)), small],
      [`shrunk ${name} of all`, () => shrunk((buffer) => new type(buffer), 0), small],
      [`shrunk ${name} of a part`, () => shrunk((buffer) => new type(buffer, 64), 64), small],
      [`${name} out of bounds`, () => shrunk((buffer) => new type(buffer, 64, 512 / size), 128), small],
      [`${name} far out of bounds`, () => shrunk((buffer) => new type(buffer, 2048, 64), 0), small],
    )
  }
  return values.map(([label, make, fits = []]) => [label, make, fits])
}

function detached(view) {
  structuredClone(view.buffer, { transfer: [view.buffer] })
  return view
}

/** A view of a buffer that has since become `size` bytes long. */
function shrunk(view, size) {
  const buffer = new ArrayBuffer(4096, { maxByteLength: 8192 })
  const made = view(buffer)
  buffer.resize(size)
  return made
}
