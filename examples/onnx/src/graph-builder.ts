/** Builds a graph operator by operator: each call names its result, and gives the name back for the next. */
import type { Attribute, Graph, Node, Tensor, Value } from './onnx-file.js'

export class GraphBuilder {
  readonly #nodes: Node[] = []
  readonly #constants: Tensor[] = []
  #count = 0

  /** An operator with one output, which may be given a name. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name = this.#newName(operator),
  ): string {
    this.#nodes.push({ name, operator, inputs, outputs: [name], attributes })
    return name
  }

  /** Cuts the last axis into equal parts. */
  split(input: string, parts: number): string[] {
    const name = this.#newName('Split')
    const outputs = Array.from({ length: parts }, (_, i) => `${name}.${i}`)
    this.#nodes.push({ name, operator: 'Split', inputs: [input], outputs, attributes: { axis: -1 } })
    return outputs
  }

  /** 32-bit floats. */
  floats(values: ArrayLike<number>, shape: readonly number[], name = this.#newName('floats')): string {
    this.#constants.push({ name, shape, data: Float32Array.from(values) })
    return name
  }

  float(value: number): string {
    return this.floats([value], [])
  }

  /** 64-bit whole numbers in a row, as shapes and axes are given. */
  integers(...values: number[]): string {
    const name = this.#newName('integers')
    this.#constants.push({ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) })
    return name
  }

  /** A single one, without a dimension. */
  integer(value: number): string {
    const name = this.#newName('integer')
    this.#constants.push({ name, shape: [], data: BigInt64Array.of(BigInt(value)) })
    return name
  }

  finish(name: string, inputs: readonly Value[], outputs: readonly Value[]): Graph {
    return { name, nodes: this.#nodes, constants: this.#constants, inputs, outputs }
  }

  #newName(stem: string): string {
    return `${stem}_${this.#count++}`
  }
}
