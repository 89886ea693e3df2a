/** The code of the error that `call` throws. */
export function codeOf(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code
    throw error
  }
  throw new Error('nothing was thrown')
}
