/** Malformed safetensors files, and well-formed ones that are near them. */
import { entry, fileOf } from './safetensors-files.js'

export interface Malformed {
  readonly name: string
  readonly bytes: Buffer
  readonly code: `ERR_SAFETENSORS_${'SIZE' | 'HEADER' | 'TENSOR'}`
  readonly offset: number
  /** Hugging Face's reader takes it. */
  readonly taken?: true
}

const A = entry('F32', [1], 0, 4)
/** Where the value of a header's first tensor `"a"` begins. */
const FIRST = 8 + '{"a":'.length
const one = (value: string, data = 4): Buffer => fileOf(`{"a":${value}}`, data)
const two = (a: string, b: string, data: number): Buffer => fileOf(`{"a":${a},"b":${b}}`, data)
const secondOf = (a: string): number => FIRST + a.length + ',"b":'.length
const SIZE = 'ERR_SAFETENSORS_SIZE'
const HEADER = 'ERR_SAFETENSORS_HEADER'
const TENSOR = 'ERR_SAFETENSORS_TENSOR'
const fields = (text: string): Buffer => one(`{${text}}`)
const HALF = entry('F16', [2], 0, 4)
const B = entry('F32', [1], 4, 8)

export const MALFORMED: readonly Malformed[] = [
  // Sizes.
  { name: 'no byte', bytes: Buffer.alloc(0), code: SIZE, offset: 0 },
  { name: '7 bytes', bytes: Buffer.alloc(7), code: SIZE, offset: 0 },
  { name: 'a header longer than the file by a byte', bytes: fileOf('{}', 0, 3n), code: SIZE, offset: 0 },
  { name: 'a header of 100 MB in a short file', bytes: fileOf('{}', 0, 100_000_000n), code: SIZE, offset: 0 },
  { name: 'a header above the limit', bytes: fileOf('{}', 0, 100_000_001n), code: HEADER, offset: 0 },
  { name: 'a header of 2^53 bytes', bytes: fileOf('{}', 0, 2n ** 53n), code: HEADER, offset: 0 },
  { name: 'a header of 2^64 - 1 bytes', bytes: fileOf('{}', 0, 2n ** 64n - 1n), code: HEADER, offset: 0 },
  { name: 'data too short by a byte', bytes: one(A, 3), code: SIZE, offset: 8 + 6 + A.length + 3 },
  { name: 'no data', bytes: one(A, 0), code: SIZE, offset: 8 + 6 + A.length },
  { name: 'data too long by a byte', bytes: one(A, 5), code: SIZE, offset: 8 + 6 + A.length + 4 },
  { name: 'data without a tensor', bytes: fileOf('{}', 1), code: SIZE, offset: 10 },
  {
    name: 'a length that counts the data, too',
    bytes: fileOf(`{"a":${A}}`, 4, BigInt(10 + A.length)),
    code: HEADER,
    offset: 8 + 6 + A.length,
  },
  {
    name: 'a length one less',
    bytes: fileOf(`{"a":${A}}`, 4, BigInt(5 + A.length)),
    code: HEADER,
    offset: 8 + 5 + A.length,
  },

  // Text.
  { name: 'a header of no byte', bytes: fileOf(''), code: HEADER, offset: 8 },
  {
    name: 'a byte that is not UTF-8',
    bytes: fileOf(Buffer.from(`{"\xff":${A}}`, 'latin1'), 4),
    code: HEADER,
    offset: 8,
  },
  {
    name: 'half a surrogate pair in UTF-8',
    bytes: fileOf(Buffer.from(`{"\xed\xa0\x80":${A}}`, 'latin1'), 4),
    code: HEADER,
    offset: 8,
  },
  {
    name: 'half a surrogate pair as an escape',
    bytes: fileOf(`{"\\ud800":${A}}`, 4),
    code: HEADER,
    offset: 9,
  },
  { name: 'a byte order mark', bytes: fileOf(`\ufeff{"a":${A}}`, 4), code: HEADER, offset: 8 },
  { name: 'white space in front', bytes: fileOf(` {"a":${A}}`, 4), code: HEADER, offset: 8, taken: true },
  { name: 'an array', bytes: fileOf('[]'), code: HEADER, offset: 8 },
  { name: 'null', bytes: fileOf('null'), code: HEADER, offset: 8 },
  { name: 'text that is no JSON', bytes: fileOf('PK\x03\x04'), code: HEADER, offset: 8 },
  { name: 'an object without an end', bytes: fileOf('{'), code: HEADER, offset: 9 },
  { name: 'a comma without a next', bytes: fileOf(`{"a":${A},}`, 4), code: HEADER, offset: 8 + 6 + A.length },
  { name: 'no colon', bytes: fileOf(`{"a" ${A}}`, 4), code: HEADER, offset: 13 },
  { name: 'a string without an end', bytes: fileOf('{"a'), code: HEADER, offset: 9 },
  { name: 'a string that an escape keeps open', bytes: fileOf('{"a\\"'), code: HEADER, offset: 9 },
  { name: 'an unknown escape', bytes: fileOf(`{"\\x":${A}}`, 4), code: HEADER, offset: 9 },
  { name: 'a control character in a string', bytes: fileOf(`{"\n":${A}}`, 4), code: HEADER, offset: 9 },
  {
    name: 'a NUL behind the header',
    bytes: fileOf(`{"a":${A}}\0`, 4),
    code: HEADER,
    offset: 8 + 6 + A.length,
  },
  { name: 'a second object', bytes: fileOf('{}{}'), code: HEADER, offset: 10 },
  {
    name: 'a hundred thousand brackets',
    bytes: fileOf(`{"a":${'['.repeat(100_000)}`),
    code: HEADER,
    offset: FIRST,
  },
  { name: 'a comment', bytes: fileOf('{/**/}'), code: HEADER, offset: 9 },

  // Entries.
  {
    name: 'a tensor twice',
    bytes: fileOf(`{"a":${A},"a":${A}}`, 4),
    code: HEADER,
    offset: FIRST + A.length + 1,
    taken: true,
  },
  {
    name: 'a tensor twice, once as an escape',
    bytes: fileOf(`{"a":${A},"\\u0061":${A}}`, 4),
    code: HEADER,
    offset: FIRST + A.length + 1,
    taken: true,
  },
  { name: 'a tensor that is null', bytes: one('null'), code: HEADER, offset: FIRST },
  {
    name: 'a tensor that is an array',
    bytes: one('["F32",[1],[0,4]]'),
    code: HEADER,
    offset: FIRST,
    taken: true,
  },
  { name: 'a tensor without a field', bytes: one('{}'), code: HEADER, offset: FIRST },
  {
    name: 'a tensor without a dtype',
    bytes: fields('"shape":[1],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST,
  },
  {
    name: 'a tensor without a shape',
    bytes: fields('"dtype":"F32","data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST,
  },
  {
    name: 'a tensor without offsets',
    bytes: fields('"dtype":"F32","shape":[1]'),
    code: HEADER,
    offset: FIRST,
  },
  {
    name: 'a field twice',
    bytes: fields('"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 15,
  },
  {
    name: 'a field that nobody knows',
    bytes: fields('"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1'),
    code: HEADER,
    offset: FIRST,
    taken: true,
  },
  {
    name: 'a dtype that is a number',
    bytes: fields('"dtype":32,"shape":[1],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 9,
  },
  {
    name: 'a shape that is a number',
    bytes: fields('"dtype":"F32","shape":1,"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 23,
  },
  { name: 'a size below 0', bytes: one(entry('F32', [-1], 0, 4)), code: HEADER, offset: FIRST + 24 },
  { name: 'a size with a fraction', bytes: one(entry('F32', [0.5], 0, 4)), code: HEADER, offset: FIRST + 24 },
  {
    name: 'a whole size with a point',
    bytes: fields('"dtype":"F32","shape":[1.0],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 24,
  },
  {
    name: 'a size with an exponent',
    bytes: fields('"dtype":"F32","shape":[1e0],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 24,
  },
  {
    name: 'a size with a leading 0',
    bytes: fields('"dtype":"F32","shape":[01],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 24,
  },
  {
    name: 'a size as a string',
    bytes: fields('"dtype":"F32","shape":["1"],"data_offsets":[0,4]'),
    code: HEADER,
    offset: FIRST + 24,
  },
  {
    name: 'a size above 2^53 beside a 0',
    bytes: fileOf('{"a":{"dtype":"F32","shape":[0,9007199254740993],"data_offsets":[0,0]}}'),
    code: HEADER,
    offset: FIRST + 26,
    taken: true,
  },
  {
    name: 'minus 0',
    bytes: fields('"dtype":"F32","shape":[1],"data_offsets":[-0,4]'),
    code: HEADER,
    offset: FIRST + 43,
  },

  // Metadata.
  { name: 'metadata that are a string', bytes: fileOf('{"__metadata__":"x"}'), code: HEADER, offset: 24 },
  { name: 'metadata with a number', bytes: fileOf('{"__metadata__":{"x":1}}'), code: HEADER, offset: 29 },
  {
    name: 'metadata twice',
    bytes: fileOf('{"__metadata__":{},"__metadata__":{}}'),
    code: HEADER,
    offset: 27,
  },
  {
    name: 'metadata with a name twice',
    bytes: fileOf('{"__metadata__":{"x":"1","x":"2"}}'),
    code: HEADER,
    offset: 33,
    taken: true,
  },

  // Types and places.
  { name: 'an unknown dtype', bytes: one(entry('F31', [1], 0, 4)), code: TENSOR, offset: FIRST },
  { name: 'a dtype in small letters', bytes: one(entry('f32', [1], 0, 4)), code: TENSOR, offset: FIRST },
  {
    name: 'a dtype that objects inherit',
    bytes: one(entry('constructor', [1], 0, 4)),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'one offset',
    bytes: fields('"dtype":"F32","shape":[1],"data_offsets":[0]'),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'three offsets',
    bytes: fields('"dtype":"F32","shape":[1],"data_offsets":[0,4,8]'),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'no offsets',
    bytes: fields('"dtype":"F32","shape":[1],"data_offsets":[]'),
    code: TENSOR,
    offset: FIRST,
  },
  { name: 'an end in front of its start', bytes: one(entry('F32', [1], 4, 0)), code: TENSOR, offset: FIRST },
  {
    name: 'fewer bytes than the shape says',
    bytes: one(entry('F32', [2], 0, 4)),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'more bytes than the shape says',
    bytes: one(entry('F16', [1], 0, 4)),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'bytes of a tensor without numbers',
    bytes: one(entry('F32', [0], 0, 4)),
    code: TENSOR,
    offset: FIRST,
  },
  { name: 'a scalar without bytes', bytes: one(entry('F32', [], 0, 0), 0), code: TENSOR, offset: FIRST },
  {
    name: 'a shape whose product is above 2^64',
    bytes: one(entry('F32', [2 ** 32, 2 ** 32, 2], 0, 4)),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'a shape whose product wraps to the right size',
    bytes: one(entry('U8', [2 ** 32, 2 ** 32], 0, 0), 0),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'numbers of 4 bits that are no whole bytes',
    bytes: one(entry('F4', [3], 0, 2), 2),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'data that begin behind a gap',
    bytes: one(entry('F32', [1], 4, 8), 8),
    code: TENSOR,
    offset: FIRST,
  },
  {
    name: 'a gap between two tensors',
    bytes: two(A, entry('F32', [1], 8, 12), 12),
    code: TENSOR,
    offset: secondOf(A),
  },
  { name: 'two tensors at one place', bytes: two(A, HALF, 4), code: TENSOR, offset: secondOf(A) },
  {
    name: 'two tensors that overlap',
    bytes: two(A, entry('F32', [1], 2, 6), 6),
    code: TENSOR,
    offset: secondOf(A),
  },
  {
    name: 'a tensor within another',
    bytes: two(entry('F32', [2], 0, 8), entry('U8', [2], 4, 6), 8),
    code: TENSOR,
    offset: secondOf(entry('F32', [2], 0, 8)),
  },
  {
    name: 'a tensor without numbers within another',
    bytes: two(A, entry('F32', [0], 2, 2), 4),
    code: TENSOR,
    offset: secondOf(A),
  },
  {
    name: 'offsets far behind the end',
    bytes: two(A, entry('F32', [1], 2 ** 40, 2 ** 40 + 4), 8),
    code: TENSOR,
    offset: secondOf(A),
  },
  {
    name: 'a second tensor that the file has no room for',
    bytes: two(A, B, 4),
    code: SIZE,
    offset: 8 + `{"a":${A},"b":${B}}`.length + 4,
  },
]

export interface WellFormed {
  readonly name: string
  readonly bytes: Buffer
  readonly tensors: readonly string[]
}

export const WELL_FORMED: readonly WellFormed[] = [
  {
    name: 'two tensors and metadata',
    bytes: fileOf(`{"__metadata__":{"format":"pt"},"a":${A},"b":${B}}`, 8),
    tensors: ['a', 'b'],
  },
  {
    name: 'tensors in another order than their bytes',
    bytes: fileOf(`{"b":${B},"a":${A}}`, 8),
    tensors: ['a', 'b'],
  },
  { name: 'no tensor', bytes: fileOf('{}'), tensors: [] },
  { name: 'spaces behind the header', bytes: fileOf(`{"a":${A}}      `, 4), tensors: ['a'] },
  {
    name: 'white space everywhere',
    bytes: fileOf(`{ "a" :\t{ "dtype" : "F32",\r\n"shape" : [ 1 ] , "data_offsets":[ 0 , 4 ] } }\n`, 4),
    tensors: ['a'],
  },
  {
    name: 'fields in another order',
    bytes: fields('"data_offsets":[0,4],"shape":[1],"dtype":"F32"'),
    tensors: ['a'],
  },
  { name: 'metadata that are null', bytes: fileOf(`{"__metadata__":null,"a":${A}}`, 4), tensors: ['a'] },
  { name: 'a name without a character', bytes: fileOf(`{"":${A}}`, 4), tensors: [''] },
  {
    name: 'names with quotes, backslashes and braces',
    bytes: fileOf(`{"\\"}":${A},"{\\\\":${B}}`, 8),
    tensors: ['"}', '{\\'],
  },
  {
    name: 'names that objects have',
    bytes: fileOf(`{"__proto__":${A},"constructor":${B}}`, 8),
    tensors: ['__proto__', 'constructor'],
  },
  { name: 'an astral name as escapes', bytes: fileOf(`{"\\ud83d\\ude00":${A}}`, 4), tensors: ['😀'] },
  { name: 'a header that is not aligned', bytes: fileOf(`{"a":${A}} `, 4), tensors: ['a'] },
  {
    name: 'tensors without numbers around one',
    bytes: fileOf(`{"x":${entry('F32', [0, 3], 0, 0)},"a":${A},"y":${entry('I64', [2, 0], 4, 4)}}`, 4),
    tensors: ['x', 'a', 'y'],
  },
]
