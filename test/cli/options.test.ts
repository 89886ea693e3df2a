import { describe, expect, it } from 'vitest'
import { COMMANDS, OPTIONS } from '../../dist/cli/options.js'
import { runCli } from './run-cli.js'

describe('the table of options', () => {
  it.each(COMMANDS)('has each flag of %s once', (command) => {
    const flags = OPTIONS.filter(({ commands }) => commands.includes(command)).map(({ flag }) => flag)
    expect(new Set(flags).size).toBe(flags.length)
  })

  it('has defaults that are values', () => {
    for (const { flag, choices, default: value, parse } of OPTIONS) {
      if (value === undefined) continue
      if (choices !== undefined) expect(choices).toContain(value)
      if (parse !== undefined) expect(parse(value, flag)).toBeDefined()
    }
  })

  it.each(COMMANDS)('is what the help of %s shows', async (command) => {
    const { code, text, stderr } = await runCli([command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const shown = [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag)
    const flags = OPTIONS.filter(({ commands }) => commands.includes(command)).map(({ flag }) => flag)
    expect(shown.sort()).toEqual([...flags, '--help'].sort())
    expect(text).toContain('Examples:')
  })
})
