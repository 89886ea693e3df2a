/**
 * The whole experiment, in this order: corpus, gradients, training, fold, text.
 *
 *     npm start                                    # about 10 minutes
 *     npm start -- --quick                         # seconds; what comes out says nothing
 *     npm start -- --rate 0.002 --steps 1000       # another learning rate, more steps
 *     npm start -- --out DIR                       # where all is written; `out` by default
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UTF8Tokenizer } from 'utf8-tokenizer'
import { saveSafetensors } from 'utf8-tokenizer/embedding'
import { configOf, loadCheckpoint, saveCheckpoint } from './checkpoint.js'
import { relativeDifference } from './compare.js'
import { openCorpus } from './corpus.js'
import { curvesSvg } from './curves.js'
import { BatchSampler, splitDocuments } from './data.js'
import { fold, scoresOf, tableDifference } from './fold.js'
import { generate } from './generate.js'
import { gradientDifference } from './gradients.js'
import { tree } from './jax.js'
import { Random } from './random.js'
import { median, summarize, tableOf } from './summary.js'
import { type Experiment, type Run, runExperiment } from './train.js'

const FULL: Experiment = {
  size: { dimension: 64, layers: 2, heads: 2, hidden: 176 },
  steps: 600,
  rows: 8,
  length: 128,
  rate: 5e-3,
  seeds: [1, 2, 3],
  evaluateEvery: 25,
  curveBatches: 8,
  resultBatches: 64,
}
const QUICK: Experiment = {
  ...FULL,
  size: { dimension: 32, layers: 1, heads: 2, hidden: 88 },
  steps: 40,
  length: 64,
  evaluateEvery: 10,
  curveBatches: 2,
  resultBatches: 8,
}
const PROMPTS = ['Article 1\nAll human', 'Artículo', 'Статья', '第']

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: 'out' },
    rate: { type: 'string' },
    steps: { type: 'string' },
  },
})
const settings = options.quick ? QUICK : FULL
const experiment: Experiment = {
  ...settings,
  rate: numberFrom('--rate', options.rate, settings.rate),
  steps: Math.ceil(numberFrom('--steps', options.steps, settings.steps)),
}
const { size, length } = experiment
const file = (name: string) => join(options.out, name)
mkdirSync(options.out, { recursive: true })

const documents = splitDocuments(await openCorpus(file('corpus')))
console.log(`${documents.training.length} documents to train on, ${documents.heldOut.length} held out`)

const batch = new BatchSampler(documents.training, new Random(3)).next(2, 32)
const gradients = gradientDifference(size, batch, new Random(4))
check('gradients of the bit bias, jax-js and BitEmbedding', gradients, 1e-4)

const text = documents.heldOut[0].subarray(0, length)
let trainedScores: Float32Array = new Float32Array(0)
const runs: Run[] = []
await runExperiment(
  experiment,
  documents,
  async (run, parameters) => {
    runs.push(run)
    if (run.variant === 'bit bias' && run.seed === experiment.seeds[0]) {
      await saveCheckpoint(file('patched.safetensors'), parameters)
      trainedScores = scoresOf(tree.ref(parameters), size, text)
    }
  },
  console.log,
)
const summary = summarize(runs)
const table = tableOf(summary)
writeFileSync(file('table.md'), table)
writeFileSync(file('loss.svg'), curvesSvg(runs))
console.log(`\n${table}`)

const folder = file('model')
const folded = join(folder, 'model.safetensors')
mkdirSync(folder, { recursive: true })
fold(file('patched.safetensors'), folded)
writeFileSync(join(folder, 'config.json'), `${JSON.stringify(configOf(size, length), null, 2)}\n`)
const tables = tableDifference(file('patched.safetensors'), folded, size)
check('tables, BitEmbedding and the folded checkpoint', tables, 1e-6)
const parameters = loadCheckpoint(folded, size)
const scores = relativeDifference(scoresOf(tree.ref(parameters), size, text), trainedScores)
check('scores, the trained model and the folded one', scores, 1e-5)

// For whoever serves the model: what it must say to these bytes.
await saveSafetensors(file('expected.safetensors'), {
  ids: { dtype: 'U8', shape: [text.length], data: text },
  logits: { dtype: 'F32', shape: [text.length, 256], data: trainedScores },
})

const tokenizer = new UTF8Tokenizer()
const random = new Random(5)
const samples = PROMPTS.map((prompt) => {
  const bytes = generate(parameters, { size, length, prompt, bytes: 120, temperature: 0.7, random })
  // `strict` throws for ill-formed bytes: there are none.
  const answer = tokenizer.decode(bytes, { skip_special_tokens: true, errors: 'strict' })
  console.log(`\n${prompt}│${answer}`)
  return { prompt, answer }
})

const results = {
  experiment,
  summary,
  checks: { gradients, tables, scores },
  runs: runs.map(({ milliseconds, ...run }) => ({ ...run, millisecondsPerStep: median(milliseconds) })),
  samples,
}
writeFileSync(file('results.json'), `${JSON.stringify(results, null, 2)}\n`)

function numberFrom(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const number = Number(text)
  if (number > 0 && number < Infinity) return number
  throw new Error(`expected a number above 0 for ${option}, received ${text}`)
}

/** @throws unless two ways to one result differ by no more than `most`. */
function check(what: string, difference: number, most: number): void {
  console.log(`${what}: they differ by ${difference.toPrecision(2)}, of ${most} at most`)
  if (!(difference <= most)) throw new Error(`${what} differ by ${difference}`)
}
