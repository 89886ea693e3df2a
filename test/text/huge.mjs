// One call with the longest string there is, in a process of its own: prints the result, or the code of the error.
//   node huge.mjs OPERATION LETTER
import { encodeBatch, OffsetMap, Utf8Decoder, Utf8Encoder, utf8ByteLength } from '../../dist/index.js'

const LONGEST = 2 ** 29 - 24
const [operation, letter] = process.argv.slice(2)
const text = () => letter.repeat(LONGEST / letter.length)

const OPERATIONS = {
  byteLength: () => utf8ByteLength(text()),
  encode: () => new Utf8Encoder().encode(text()).length,
  encodeInto: () => new Utf8Encoder().encodeInto(text(), new Uint8Array(1000)).written,
  encodeStrictly: () => new Utf8Encoder({ errors: 'throw' }).encode(text()).length,
  encodeBatch: () => encodeBatch(['a', text()]).values.length,
  decode: () => new Utf8Decoder().decode(new Uint8Array(LONGEST + 1).fill(letter.charCodeAt(0))).length,
  decodeStrictly: () =>
    new Utf8Decoder('utf-8', { fatal: true }).decode(new Uint8Array(LONGEST + 1).fill(letter.charCodeAt(0)))
      .length,
  // The longest that there is; the code units are counted, not the bytes.
  decodeLongest: () => {
    const bytes = new Uint8Array(LONGEST + 1).fill(letter.charCodeAt(0))
    bytes.set([0xc3, 0xa9], LONGEST - 1)
    return new Utf8Decoder().decode(bytes).length
  },
  decodeChunks: () => {
    const decoder = new Utf8Decoder()
    const chunk = new Uint8Array(2 ** 28).fill(letter.charCodeAt(0))
    return [1, 2, 3].reduce((length) => length + decoder.decode(chunk, { stream: true }).length, 0)
  },
  // The character that the chunks cut is one unit too many.
  decodeCut: () => {
    const decoder = new Utf8Decoder()
    decoder.decode(Uint8Array.of(0xc3), { stream: true })
    const bytes = new Uint8Array(LONGEST + 1).fill(letter.charCodeAt(0))
    bytes[0] = 0xa9
    return decoder.decode(bytes).length
  },
  offsetMap: () => new OffsetMap(text()).convert(LONGEST / letter.length, 'codePoint', 'byte'),
}

try {
  console.log(JSON.stringify({ result: OPERATIONS[operation]() }))
} catch (error) {
  console.log(JSON.stringify({ code: error.code ?? null, message: error.message }))
}
