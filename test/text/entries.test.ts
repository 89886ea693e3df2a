/**
 * The package's two roots: what browsers load needs nothing but this package's files, and both offer the same, save for
 * what only Node can do.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as browser from '../../dist/browser.js'
import * as root from '../../dist/index.js'
import { ROOT } from '../needs.js'

/** What a module imports: `import … from '…'`, `export … from '…'`, `import '…'` and `import('…')`. */
const IMPORT = /(?:^(?:import|export)\b[^'";=(]*|\bimport\(\s*)(['"])([^'"]+)\1/gm

/** All modules that `entry` leads to, and what in them is no file of this package. */
function graphOf(entry: string): { modules: string[]; foreign: string[] } {
  const modules = new Set<string>([entry])
  const foreign: string[] = []
  for (const module of modules) {
    for (const [, , name] of readFileSync(module, 'utf8').matchAll(IMPORT)) {
      if (name.startsWith('.')) modules.add(new URL(name, `file://${module}`).pathname)
      else foreign.push(`${name} in ${module}`)
    }
  }
  return { modules: [...modules], foreign }
}

/** Names of Node that a browser lacks. */
const NODE_GLOBALS = /\b(?:process(?=[.[])|Buffer|require|__dirname|setImmediate)\b/

describe('the browser entry', () => {
  const { modules, foreign } = graphOf(`${ROOT}dist/browser.js`)

  it('imports nothing but files of this package', () => {
    expect(modules.length).toBeGreaterThan(15)
    expect(foreign).toEqual([])
  })

  it('leads neither to the addon nor to Node’s own ways', () => {
    const names = modules.map((module) => module.slice(`${ROOT}dist/`.length))
    expect(names).toContain('engine/javascript/text.js')
    expect(names.filter((name) => /native|node|choose|corpus|cli/.test(name))).toEqual([])
  })

  it('names no global that only Node has', () => {
    const found = modules.filter((module) => NODE_GLOBALS.test(withoutComments(readFileSync(module, 'utf8'))))
    expect(found).toEqual([])
  })

  it('is what the package gives to browsers, with types of its own', () => {
    const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
    expect(Object.keys(exports['.'])[0]).toBe('browser')
    expect(exports['.'].browser).toEqual({ types: './dist/browser.d.ts', default: './dist/browser.js' })
    for (const declaration of graphOf(`${ROOT}dist/browser.d.ts`.replace('.d.ts', '.js')).modules) {
      const types = readFileSync(declaration.replace(/\.js$/, '.d.ts'), 'utf8')
      expect(types).not.toMatch(/\bNodeJS\b|from 'node:/)
    }
  })
})

describe('both roots', () => {
  it('offer the same, save for the choice of an engine', () => {
    const missing = Object.keys(root).filter((name) => !(name in browser))
    expect(missing.sort()).toEqual(['TARGETS', 'chooseEngine'])
    expect(Object.keys(browser).filter((name) => !(name in root))).toEqual([])
    const kindsOf = (entry: object) =>
      Object.entries(entry).map(([name, value]) => `${name}: ${typeof value}`)
    expect(kindsOf(root)).toEqual(expect.arrayContaining(kindsOf(browser)))
  })
})

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
}
