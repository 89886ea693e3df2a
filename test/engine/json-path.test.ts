/** The dotted form of a JSON path, and what the addon gets of it. */
import { describe, expect, it } from 'vitest'
import { jsonPath } from '../../dist/engine/json-path.js'

describe('jsonPath', () => {
  it.each([
    ['text', ['text']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a\\.b.c', ['a.b', 'c']],
    ['a\\\\.b', ['a\\', 'b']],
    ['\\t\\x', ['tx']],
    ['\\\\', ['\\']],
    [' ', [' ']],
    ['文.😀', ['文', '😀']],
    ['\\😀', ['😀']],
    ['\0', ['\0']],
  ])('%j', (dotted, keys) => {
    expect(jsonPath(dotted).keys).toEqual(keys)
  })

  it('packs lengths in bytes and the bytes', () => {
    expect([...jsonPath('a.文').packed]).toEqual([1, 0, 0, 0, 0x61, 3, 0, 0, 0, 0xe6, 0x96, 0x87])
    const long = jsonPath('k'.repeat(70_000)).packed
    expect([...long.subarray(0, 4)]).toEqual([0x70, 0x11, 1, 0])
    expect(long.length).toBe(70_004)
  })

  it.each(['', '.', 'a.', '.a', 'a..b', 'a\\', 'a.\\', '\ud800', 'a.\udc00b'])('refuses %j', (dotted) => {
    expect(() => jsonPath(dotted)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }))
  })

  it('refuses what is no string', () => {
    expect(() => jsonPath(7 as unknown as string)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }))
  })
})
