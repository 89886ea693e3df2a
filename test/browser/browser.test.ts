/**
 * The package's browser entry in headless Chromium: the same cases as in Node, with that browser's TextEncoder, TextDecoder and
 * streams as judges.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import * as entry from '../../dist/browser.js'
import { CHROMIUM, itWith, NEEDS, ROOT } from '../needs.js'
import { groupsOf } from '../text/cases/all.js'
import vectors from '../vectors/utf8_cases.json' with { type: 'json' }
import type { Result } from './page.js'
import { type Page, servePage } from './server.js'

/** What of playwright-core is used here. */
interface BrowserContext {
  newPage(): Promise<{
    goto(url: string): Promise<unknown>
    evaluate<T>(expression: string): Promise<T>
    on(event: 'console' | 'pageerror', listener: (message: { toString(): string }) => void): void
  }>
  close(): Promise<void>
}
interface Playwright {
  readonly chromium: {
    launchPersistentContext(folder: string, options: object): Promise<BrowserContext>
  }
}

/** No sandbox, for containers and root; and nothing that talks to the network by itself. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-browser-'))
const test = itWith(NEEDS.chromium)
let page: Page | undefined
let context: BrowserContext | undefined
let results: readonly Result[] = []
let isolated = false
const told: string[] = []

beforeAll(async () => {
  if (!NEEDS.chromium.found) return
  const cases = join(folder, 'cases')
  compileCases(cases)
  page = await servePage({ dist: join(ROOT, 'dist'), cases, vectors: join(ROOT, 'test', 'vectors') })
  const { chromium }: Playwright = createRequire(import.meta.url)('playwright-core')
  context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: CHROMIUM,
    args: ARGUMENTS,
  })
  const tab = await context.newPage()
  for (const event of ['console', 'pageerror'] as const) tab.on(event, (message) => told.push(`${message}`))
  await tab.goto(page.url)
  isolated = await tab.evaluate('crossOriginIsolated')
  const modules = `import('/cases/browser/page.js'), import('${browserEntry()}')`
  const run = "([page, layer]) => page.runCases(layer, '/vectors/utf8_cases.json')"
  results = await tab.evaluate(`Promise.all([${modules}]).then(${run})`)
}, 120_000)

afterAll(async () => {
  await context?.close()
  await page?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('in headless Chromium', () => {
  for (const [group, cases] of Object.entries(groupsOf(vectors))) {
    for (const { name } of cases(entry)) {
      test(`${group}: ${name}`, () => {
        expect(results.find((result) => result.group === group && result.name === name)).toEqual({
          group,
          name,
          error: null,
        })
      })
    }
  }

  test('the page had shared memory, found every file, and said nothing', () => {
    expect(isolated).toBe(true)
    expect(page?.missing).toEqual([])
    expect(told).toEqual([])
  })
})

/** The file that a bundler takes for browsers. */
function browserEntry(): string {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return exports['.'].browser.default.replace(/^\./, '')
}

function compileCases(target: string): void {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const source = join(ROOT, 'test', 'browser', 'page.ts')
  const settings = ['--ignoreConfig', '--noCheck', '--target', 'es2022', '--module', 'esnext']
  const places = ['--moduleResolution', 'bundler', '--rootDir', join(ROOT, 'test'), '--outDir', target]
  execFileSync(process.execPath, [tsc, ...settings, ...places, source])
}
