/**
 * Writes ONNX files: the messages of onnx.proto3 (version 8 of the format) that a model without control flow needs, by protobufjs.
 * Names and numbers of the fields are the format's.
 */
import protobuf from 'protobufjs'

export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

/** An attribute of an operator: a whole number, or several. */
export type Attribute = number | readonly number[]

export interface Node {
  readonly name: string
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** An input or output of the model. Dimensions have a name where they are not fixed. */
export interface Value {
  readonly name: string
  readonly type: 'float' | 'int64'
  readonly shape: readonly (number | string)[]
}

export interface Graph {
  readonly name: string
  readonly nodes: readonly Node[]
  readonly constants: readonly Tensor[]
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** The file's bytes. */
export function encodeModel(graph: Graph, operatorSet: number): Uint8Array {
  return MODEL.encode(
    MODEL.create({
      irVersion: 8,
      producerName: 'utf8-tokenizer example',
      opsetImport: [{ domain: '', version: operatorSet }],
      graph: {
        name: graph.name,
        node: graph.nodes.map(({ name, operator, inputs, outputs, attributes }) => ({
          name,
          opType: operator,
          input: inputs,
          output: outputs,
          attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
        })),
        initializer: graph.constants.map(({ name, shape, data }) => ({
          name,
          dims: shape,
          dataType: data instanceof Float32Array ? FLOAT : INT64,
          rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        })),
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
      },
    }),
  ).finish()
}

const FLOAT = 1
const INT64 = 7
/** AttributeProto.AttributeType. */
const INT = 2
const INTS = 7

function attribute(name: string, value: Attribute) {
  return typeof value === 'number' ? { name, type: INT, i: value } : { name, type: INTS, ints: value }
}

function valueInfo({ name, type, shape }: Value) {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: type === 'float' ? FLOAT : INT64, shape: { dim } } } }
}

const MODEL = protobuf.Root.fromJSON({
  nested: {
    ModelProto: message({
      irVersion: ['int64', 1],
      producerName: ['string', 2],
      graph: ['GraphProto', 7],
      opsetImport: ['repeated OperatorSetIdProto', 8],
    }),
    OperatorSetIdProto: message({ domain: ['string', 1], version: ['int64', 2] }),
    GraphProto: message({
      node: ['repeated NodeProto', 1],
      name: ['string', 2],
      initializer: ['repeated TensorProto', 5],
      input: ['repeated ValueInfoProto', 11],
      output: ['repeated ValueInfoProto', 12],
    }),
    NodeProto: message({
      input: ['repeated string', 1],
      output: ['repeated string', 2],
      name: ['string', 3],
      opType: ['string', 4],
      attribute: ['repeated AttributeProto', 5],
    }),
    AttributeProto: message({
      name: ['string', 1],
      i: ['int64', 3],
      ints: ['repeated int64', 8],
      type: ['int32', 20],
    }),
    TensorProto: message({
      dims: ['repeated int64', 1],
      dataType: ['int32', 2],
      name: ['string', 8],
      rawData: ['bytes', 9],
    }),
    ValueInfoProto: message({ name: ['string', 1], type: ['TypeProto', 2] }),
    TypeProto: message({ tensorType: ['TensorTypeProto', 1] }),
    TensorTypeProto: message({ elemType: ['int32', 1], shape: ['TensorShapeProto', 2] }),
    TensorShapeProto: message({ dim: ['repeated Dimension', 1] }),
    Dimension: message({ dimValue: ['int64', 1], dimParam: ['string', 2] }),
  },
}).lookupType('ModelProto')

/** A message type out of `name: [type, number]`. */
function message(fields: Readonly<Record<string, readonly [type: string, id: number]>>): protobuf.IType {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id]]) => {
        const repeated = type.startsWith('repeated ')
        const field = { id, type: repeated ? type.slice('repeated '.length) : type }
        return [name, repeated ? { ...field, rule: 'repeated' } : field]
      }),
    ),
  }
}
