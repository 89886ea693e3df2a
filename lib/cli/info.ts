/**
 * `info`: which engine runs on this machine, on which instruction set, and why.
 */
import type { Target } from '../engine/abi.js'
import { chooseEngine } from '../engine/choose.js'
import { loadNative } from '../engine/native.js'
import { packageVersion } from '../version.js'
import { command, EXIT, type MessageOptions } from './command.js'
import { aligned, printJson, printLines } from './print.js'

interface Info {
  readonly version: string
  /** Null if what was asked for cannot run; then `why` says so. */
  readonly engine: string | null
  readonly target: string | null
  readonly why: string
  /** Instruction sets that native code can use here, slowest first. */
  readonly targets: readonly Target[]
  readonly addon: string | null
  /** Why the addon does not load. */
  readonly addonError: string | null
  /** Variables that force an engine or instruction set, as they are set. */
  readonly environment: Readonly<Record<string, string>>
  readonly node: string
  readonly platform: string
}

export const infoCommand = command<MessageOptions>({
  name: 'info',
  summary: 'say which engine runs here, and why',
  description:
    'Says version, engine, instruction set, and why these. The environment can force them: ' +
    'UTF8_TOKENIZER_ENGINE=native|javascript, UTF8_TOKENIZER_TARGET=scalar|sse4|avx2|avx512|neon.',
  examples: ['utf8-tokenizer info', 'UTF8_TOKENIZER_TARGET=scalar utf8-tokenizer info'],
  async run(_inputs, options) {
    const info = gather()
    if (options.json) printJson(info)
    else printLines(infoLines(info))
    return info.engine === null ? EXIT.failed : EXIT.done
  },
})

const VARIABLES = ['UTF8_TOKENIZER_ENGINE', 'UTF8_TOKENIZER_TARGET']

function gather(): Info {
  const native = loadNative()
  const set = VARIABLES.map((name) => [name, process.env[name] ?? '']).filter(([, value]) => value !== '')
  return {
    version: packageVersion(),
    ...choice(),
    targets: native.binding?.targets() ?? [],
    addon: native.binding === null ? null : native.path,
    addonError: native.binding === null ? native.why : null,
    environment: Object.fromEntries(set),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  }
}

function choice(): Pick<Info, 'engine' | 'target' | 'why'> {
  try {
    const { engine, why } = chooseEngine()
    return { engine: engine.name, target: engine.target, why }
  } catch (error) {
    return { engine: null, target: null, why: error instanceof Error ? error.message : String(error) }
  }
}

function infoLines(info: Info): string[] {
  const { engine, target, targets, addon, addonError, environment } = info
  const rows: [string, string][] = [
    ['version', info.version],
    ['engine', engine === null ? 'none' : engine === 'native' ? `native (${target})` : engine],
    ['why', info.why],
    ['instruction sets', targets.length === 0 ? 'none: there is no addon' : targets.join(', ')],
    ['addon', addon ?? addonError ?? ''],
  ]
  for (const [name, value] of Object.entries(environment)) rows.push([name, value])
  rows.push(['Node', info.node], ['platform', info.platform])
  return ['utf8-tokenizer', ...aligned(rows)]
}
