/**
 * A Llama (RMSNorm, rotary positions, gated MLP, output tied to the table) as an ONNX graph, with a cache of keys and values, under the
 * names that transformers.js asks for. A key is seen where `attention_mask` is 1 and its place is not behind the query's, and
 * positions are `position_ids`, so that padding on the left changes nothing.
 */
import type { Safetensors } from 'utf8-tokenizer/embedding'
import { GraphBuilder } from './graph-builder.js'
import type { Graph, Value } from './onnx-file.js'

/** What the graph needs of `config.json`. */
export interface LlamaConfig {
  readonly vocab_size: number
  readonly hidden_size: number
  readonly num_hidden_layers: number
  readonly num_attention_heads: number
  readonly rms_norm_eps: number
  readonly rope_theta: number
}

/** The version of the operators that the graph is written in. */
export const OPERATOR_SET = 17

export function llamaGraph(checkpoint: Safetensors, config: LlamaConfig): Graph {
  const graph = new GraphBuilder()
  const { hidden_size: dimension, num_attention_heads: heads } = config
  const width = dimension / heads
  const layers = Array.from({ length: config.num_hidden_layers }, (_, index) => index)

  const weights = (name: string): string => {
    const tensor = checkpoint.tensor(name)
    return graph.floats(tensor.float32(), tensor.shape, name)
  }
  const product = (x: string, matrix: string): string =>
    graph.add('MatMul', [x, graph.add('Transpose', [matrix], { perm: [1, 0] })])
  const linear = (x: string, name: string): string => product(x, weights(`${name}.weight`))
  const epsilon = graph.float(config.rms_norm_eps)
  const normalized = (x: string, name: string): string => {
    const meanSquare = graph.add('ReduceMean', [graph.add('Mul', [x, x])], { axes: [-1], keepdims: 1 })
    const root = graph.add('Sqrt', [graph.add('Add', [meanSquare, epsilon])])
    return graph.add('Mul', [graph.add('Div', [x, root]), weights(`${name}.weight`)])
  }

  const hidden = hiddenPlaces(graph)
  const rotated = rotation(graph, width, config.rope_theta)
  const intoHeads = graph.integers(0, 0, heads, width)
  const outOfHeads = graph.integers(0, 0, dimension)
  const scale = graph.float(width ** -0.5)

  const table = weights('model.embed_tokens.weight')
  let x = graph.add('Gather', [table, 'input_ids'])
  for (const index of layers) {
    const layer = `model.layers.${index}`
    const before = normalized(x, `${layer}.input_layernorm`)
    // Rows × heads × bytes × width.
    const projected = (what: string): string =>
      graph.add(
        'Transpose',
        [graph.add('Reshape', [linear(before, `${layer}.self_attn.${what}_proj`), intoHeads])],
        {
          perm: [0, 2, 1, 3],
        },
      )
    const cached = (what: string, added: string): string =>
      graph.add(
        'Concat',
        [`past_key_values.${index}.${what}`, added],
        { axis: 2 },
        `present.${index}.${what}`,
      )
    const query = rotated(projected('q'))
    const key = cached('key', rotated(projected('k')))
    const value = cached('value', projected('v'))
    const products = graph.add('MatMul', [query, graph.add('Transpose', [key], { perm: [0, 1, 3, 2] })])
    const scores = graph.add('Add', [graph.add('Mul', [products, scale]), hidden])
    const taken = graph.add('MatMul', [graph.add('Softmax', [scores], { axis: -1 }), value])
    const joined = graph.add('Reshape', [graph.add('Transpose', [taken], { perm: [0, 2, 1, 3] }), outOfHeads])
    x = graph.add('Add', [x, linear(joined, `${layer}.self_attn.o_proj`)])

    const between = normalized(x, `${layer}.post_attention_layernorm`)
    const gate = linear(between, `${layer}.mlp.gate_proj`)
    const opened = graph.add('Mul', [gate, graph.add('Sigmoid', [gate])])
    const wide = graph.add('Mul', [opened, linear(between, `${layer}.mlp.up_proj`)])
    x = graph.add('Add', [x, linear(wide, `${layer}.mlp.down_proj`)])
  }
  const last = normalized(x, 'model.norm')
  graph.add('MatMul', [last, graph.add('Transpose', [table], { perm: [1, 0] })], {}, 'logits')

  const cache = (prefix: string, bytes: string): Value[] =>
    layers.flatMap((index) =>
      ['key', 'value'].map((what): Value => {
        return { name: `${prefix}.${index}.${what}`, type: 'float', shape: ['rows', heads, bytes, width] }
      }),
    )
  return graph.finish(
    'byte-level Llama',
    [
      { name: 'input_ids', type: 'int64', shape: ['rows', 'new'] },
      { name: 'attention_mask', type: 'int64', shape: ['rows', 'all'] },
      { name: 'position_ids', type: 'int64', shape: ['rows', 'new'] },
      ...cache('past_key_values', 'past'),
    ],
    [
      { name: 'logits', type: 'float', shape: ['rows', 'new', config.vocab_size] },
      ...cache('present', 'all'),
    ],
  )
}

/** Rows × 1 × new × all: 0 where a byte may be seen, and a very small number where not. */
function hiddenPlaces(graph: GraphBuilder): string {
  const noShape = graph.integers()
  const countOf = (ids: string): string =>
    graph.add('Reshape', [graph.add('Shape', [ids], { start: 1, end: 2 }), noShape])
  const one = graph.integer(1)
  const all = countOf('attention_mask')
  const past = graph.add('Sub', [all, countOf('input_ids')])
  const queries = graph.add('Unsqueeze', [graph.add('Range', [past, all, one]), graph.integers(1)])
  const keys = graph.add('Range', [graph.integer(0), all, one])
  const isText = graph.add('Equal', ['attention_mask', one])
  const isSeen = graph.add('And', [
    graph.add('LessOrEqual', [keys, queries]),
    graph.add('Unsqueeze', [isText, graph.integers(1, 2)]),
  ])
  return graph.add('Where', [isSeen, graph.float(0), graph.float(-1e9)])
}

/** Turns heads by `position_ids`: number i and number i + width / 2 together. */
function rotation(graph: GraphBuilder, width: number, theta: number): (x: string) => string {
  const half = width / 2
  const frequencies = Array.from({ length: half }, (_, i) => theta ** (-i / half))
  // TensorProto.DataType 1 is a 32-bit float.
  const positions = graph.add('Cast', ['position_ids'], { to: 1 })
  const columns = graph.add('Unsqueeze', [positions, graph.integers(1, 3)])
  const angles = graph.add('Mul', [columns, graph.floats(frequencies, [half])])
  const cosines = graph.add('Cos', [angles])
  const sines = graph.add('Sin', [angles])
  return (x) => {
    const [a, b] = graph.split(x, 2)
    const product = (part: string, factor: string): string => graph.add('Mul', [part, factor])
    const first = graph.add('Sub', [product(a, cosines), product(b, sines)])
    const second = graph.add('Add', [product(b, cosines), product(a, sines)])
    return graph.add('Concat', [first, second], { axis: -1 })
  }
}
