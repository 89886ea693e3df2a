/**
 * The examples in their short forms, as users run them: the training from the folder where it lies, then the export of what it trained
 * from a folder of its own with the packed package. What they check of themselves makes them fail; here is what they write.
 */
import { isUtf8 } from 'node:buffer'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { loadSafetensors } from '../../dist/embedding/safetensors/load.js'
import { itWith, NEEDS, ROOT, TRAIN_BIT_BIAS, TRANSFORMERS } from '../needs.js'
import { install, pack, run } from '../package/installed.js'

const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-examples-'))
const trained = join(folder, 'trained')
const TYPESCRIPT = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
const LONG = 300_000

beforeAll(() => {
  if (NEEDS.trainBitBias.found) succeed([TYPESCRIPT, '-p', TRAIN_BIT_BIAS])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs Node, and gives what it printed. */
function succeed(args: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = run(process.execPath, args, { cwd })
  expect(status, `${args.join(' ')}: ${stdout}\n${stderr}`).toBe(0)
  return stdout
}

describe('train-bit-bias', () => {
  const it = itWith(NEEDS.trainBitBias)

  it('draws windows of documents, the next byte as target, the rest masked', async () => {
    const { Batches, Random } = await parts()
    const documents = ['\x02one\x03', '\x02a longer document\x03', '\x02\x03'].map((text) =>
      Buffer.from(text),
    )
    const batch = new Batches(documents, new Random(1)).next(200, 8)
    const windows = new Set<string>()
    for (let row = 0; row < 200; row++) {
      const [ids, targets, mask] = [batch.ids, batch.targets, batch.mask].map((part) =>
        [...part].slice(8 * row, 8 * row + 8),
      )
      const count = mask.indexOf(0) === -1 ? 8 : mask.indexOf(0)
      expect(count).toBeGreaterThan(0)
      expect(mask).toEqual(Array.from({ length: 8 }, (_, at) => (at < count ? 1 : 0)))
      for (const part of [ids, targets]) expect(part.slice(count)).toEqual(Array(8 - count).fill(0))
      expect(targets.slice(0, count - 1)).toEqual(ids.slice(1, count))
      const window = Buffer.from([...ids.slice(0, count), targets[count - 1]])
      expect(documents.some((document) => document.includes(window))).toBe(true)
      // A shorter window ends with its document.
      if (count < 8) expect(targets[count - 1]).toBe(3)
      windows.add(window.toString())
    }
    // Each byte but the last of each document begins one.
    expect(windows.size).toBe(4 + 18 + 1)
    const again = new Batches(documents, new Random(1))
    expect(again.next(200, 8)).toEqual(batch)
    expect(again.next(200, 8)).not.toEqual(batch)
  })

  it('holds out documents, none of which is trained on', async () => {
    const { splitDocuments } = await parts()
    const all = Array.from({ length: 100 }, (_, index) => Uint8Array.of(2, index, 3))
    const { training, heldOut } = splitDocuments({ documents: () => all })
    expect(heldOut.length).toBe(6)
    expect(new Set([...training, ...heldOut].map(String)).size).toBe(100)
    expect(training.length + heldOut.length).toBe(100)
  })

  it(
    'trains, folds and generates',
    () => {
      succeed([join(TRAIN_BIT_BIAS, 'dist', 'main.js'), '--quick', '--out', trained])
      const { runs, checks, samples, experiment } = resultsOf(trained)
      expect(runs.map(({ variant, seed }) => `${variant} ${seed}`)).toEqual([
        'plain 1',
        'bit bias 1',
        'plain 2',
        'bit bias 2',
        'plain 3',
        'bit bias 3',
      ])
      for (const { curve, result, millisecondsPerStep } of runs) {
        expect(curve.at(-1)?.step).toBe(experiment.steps)
        // It began at 8 bits and more: a byte of 256.
        expect(result.loss).toBeLessThan(6)
        expect(result.accuracy).toBeGreaterThan(0.1)
        expect(millisecondsPerStep).toBeGreaterThan(0)
      }
      expect(new Set(runs.map(({ result }) => result.loss)).size).toBe(6)
      expect(checks.gradients).toBeLessThan(1e-4)
      expect(checks.tables).toBeLessThan(1e-6)
      expect(checks.scores).toBeLessThan(1e-5)
      expect(samples.length).toBe(4)
      expect(samples.every(({ answer }) => answer.length > 0 && isUtf8(Buffer.from(answer)))).toBe(true)
      expect(readFileSync(join(trained, 'loss.svg'), 'utf8').match(/stroke-width="2"/g)?.length).toBe(4)
      expect(readFileSync(join(trained, 'table.md'), 'utf8').split('\n').length).toBeGreaterThan(6)
    },
    LONG,
  )

  it('leaves a checkpoint as the Python package makes it, and a folded one', () => {
    const patched = loadSafetensors(join(trained, 'patched.safetensors'))
    const folded = loadSafetensors(join(trained, 'model'))
    const own = ['model.embed_tokens.embeddings.weight', 'model.embed_tokens.bit_proj_w']
    expect(patched.names.filter((name) => !folded.has(name)).sort()).toEqual(own.toSorted())
    expect(folded.names.every((name) => patched.has(name))).toBe(true)
    const projection = patched.tensor('model.embed_tokens.bit_proj_w').float32()
    expect(projection.some((number) => number !== 0)).toBe(true)
    for (const checkpoint of [patched, folded]) checkpoint.close()
  })
})

describe('onnx', () => {
  const it = itWith(NEEDS.trainBitBias, NEEDS.transformers)
  const app = join(folder, 'app')
  const modules = join(app, 'node_modules')

  it(
    'exports the trained model, which says the same in transformers.js',
    () => {
      install(pack(folder).tarball, app, 'scripts off')
      const peers = dirname(dirname(dirname(dirname(TRANSFORMERS))))
      mkdirSync(join(modules, '@huggingface'), { recursive: true })
      mkdirSync(join(modules, '@types'), { recursive: true })
      symlinkSync(join(peers, '@huggingface', 'transformers'), join(modules, '@huggingface', 'transformers'))
      symlinkSync(join(peers, 'protobufjs'), join(modules, 'protobufjs'))
      symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'))
      for (const name of ['src', 'tsconfig.json', 'package.json']) {
        cpSync(join(ROOT, 'examples', 'onnx', name), join(app, name), { recursive: true })
      }
      succeed([TYPESCRIPT, '-p', app])
      const printed = succeed([join(app, 'dist', 'export.js'), trained, 'exported'], app)
      for (const check of [
        /^scores of 64 bytes/m,
        /^scores behind padding/m,
        /^[1-9]\d* bytes from the cache/m,
      ]) {
        expect(printed).toMatch(check)
      }
    },
    LONG,
  )

  it('generates well-formed text with it, piece by piece', () => {
    const serve = [join(app, 'dist', 'serve.js'), '--model', 'exported', '--bytes', '60', 'Статья']
    const printed = succeed(serve, app)
    expect(printed.startsWith('\nСтатья│')).toBe(true)
    expect(printed.length).toBeGreaterThan('\nСтатья│\n'.length)
    expect(printed).not.toContain('\ufffd')
    expect(succeed(serve, app)).toBe(printed)
  })
})

interface Results {
  readonly experiment: { readonly steps: number }
  readonly checks: { readonly gradients: number; readonly tables: number; readonly scores: number }
  readonly samples: readonly { readonly answer: string }[]
  readonly runs: readonly {
    readonly variant: string
    readonly seed: number
    readonly curve: readonly { readonly step: number; readonly loss: number }[]
    readonly result: { readonly loss: number; readonly accuracy: number }
    readonly millisecondsPerStep: number
  }[]
}

function resultsOf(out: string): Results {
  return JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
}

interface Batch {
  readonly ids: Int32Array
  readonly targets: Int32Array
  readonly mask: Float32Array
}

interface Parts {
  readonly Random: new (seed: number) => object
  readonly Batches: new (
    documents: readonly Uint8Array[],
    random: object,
  ) => { next(rows: number, length: number): Batch }
  splitDocuments(dataset: { documents(): readonly Uint8Array[] }): {
    readonly training: readonly Uint8Array[]
    readonly heldOut: readonly Uint8Array[]
  }
}

/** What the example is made of, compiled. */
async function parts(): Promise<Parts> {
  const load = (name: string) => import(pathToFileURL(join(TRAIN_BIT_BIAS, 'dist', name)).href)
  const { BatchSampler: Batches, splitDocuments } = await load('data.js')
  const { Random } = await load('random.js')
  return { Batches, splitDocuments, Random }
}
