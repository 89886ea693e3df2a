/**
 * Where a shard's bytes go. There are two kinds: a temporary file that is renamed when it is complete (shards that are
 * written), and an existing file that is compared with (shards that are verified against their source). The writers
 * above know neither.
 */
export interface OutputFile {
  /** Writes bytes[0, length) at a place; later writes may go back, to what shall be replaced or cut off. */
  write(bytes: Uint8Array, length: number, position: number): void
  /**
   * The same, but the work may go on behind the caller's back: then it returns a promise, and until that is settled
   * the bytes must stay as they are and nothing else be written.
   */
  writeBehind(bytes: Uint8Array, length: number, position: number): Promise<void> | undefined
  /** Reads back bytes that were written: `length` of them, to target[0, length). */
  read(target: Uint8Array, length: number, position: number): void
  /** Ends the file at `size` bytes. */
  truncate(size: number): void
}

/** A typed array's memory as bytes. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
