/**
 * Tensors that are one in the model. In a checkpoint they are stored once, and the other name is left out (by transformers, whose
 * configuration says so) or stands in the metadata (by safetensors' `save_model`: `{ "left out": "stored" }`); or each has a copy.
 */
import type { Safetensors } from '../safetensors/load.js'
import type { StoredTensor } from '../safetensors/tensor.js'

/** The tensor that is stored for `name`: itself, or the one that it shares memory with. */
export function resolveAlias(checkpoint: Safetensors, name: string): StoredTensor | undefined {
  if (checkpoint.has(name)) return checkpoint.tensor(name)
  const { metadata } = checkpoint
  const other = Object.hasOwn(metadata, name) ? metadata[name] : undefined
  return other !== undefined && checkpoint.has(other) ? checkpoint.tensor(other) : undefined
}

/** Whether the metadata say that another name stands for this tensor as well. */
export function hasAlias(checkpoint: Safetensors, name: string): boolean {
  return Object.entries(checkpoint.metadata).some(
    ([alias, stored]) => stored === name && !checkpoint.has(alias),
  )
}

/** Names of the other tensors of this one's type, shape and bytes: a tie, as far as a checkpoint can tell. */
export function copiesOf(
  checkpoint: Safetensors,
  tensor: StoredTensor,
  bytes: Uint8Array,
  except: ReadonlySet<string>,
): string[] {
  return checkpoint.names.filter((name) => {
    if (name === tensor.name || except.has(name)) return false
    const other = checkpoint.tensor(name)
    if (other.dtype !== tensor.dtype || String(other.shape) !== String(tensor.shape)) return false
    return Buffer.compare(other.bytes(), bytes) === 0
  })
}
