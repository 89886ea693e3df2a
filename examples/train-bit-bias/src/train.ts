/**
 * Trains models without and with bit bias beside each other: the same first parameters, the same batches, the same number of steps.
 * Their steps take turns, so that whatever else the machine does slows both.
 */
import { BatchSampler, type Documents } from './data.js'
import { arraysOf, type BatchArrays, type Evaluation, evaluator } from './evaluate.js'
import { jit, tree, valueAndGrad } from './jax.js'
import { initialParameters, logits, loss, type ModelSize, type Parameters } from './model.js'
import { initialState, ratesAt, type StepRates, stepAlong, type TrainingState } from './optimizer.js'
import { Random } from './random.js'

export interface Experiment {
  readonly size: ModelSize
  readonly steps: number
  /** Rows and bytes of a batch. */
  readonly rows: number
  readonly length: number
  /** Highest learning rate. */
  readonly rate: number
  readonly seeds: readonly number[]
  /** Steps from one evaluation to the next. */
  readonly evaluateEvery: number
  /** Batches of held-out text for the curve, and for the result. */
  readonly curveBatches: number
  readonly resultBatches: number
}

export const VARIANTS = ['plain', 'bit bias'] as const
export type Variant = (typeof VARIANTS)[number]

export interface Run {
  readonly variant: Variant
  readonly seed: number
  readonly curve: readonly { readonly step: number; readonly loss: number }[]
  readonly result: Evaluation
  /** Of each step but the first, which compiles. */
  readonly milliseconds: readonly number[]
}

/** Trains all; `onRun` gets each run with its parameters as it ends. */
export async function runExperiment(
  experiment: Experiment,
  documents: Documents,
  onRun: (run: Run, parameters: Parameters) => void | Promise<void>,
  log: (line: string) => void,
): Promise<void> {
  const { size, rows, length } = experiment
  const step = jit((state: TrainingState, batch: BatchArrays, rates: StepRates) => {
    const lossOf = (parameters: Parameters, { ids, targets, mask }: BatchArrays) =>
      loss(logits(parameters, ids, size), targets, mask)
    const [value, gradients] = valueAndGrad(lossOf)(tree.ref(state.parameters), batch)
    return { state: stepAlong(gradients as Parameters, state, rates), loss: value }
  })
  const evaluate = evaluator(size)
  const batchesOf = (count: number, seed: number) => {
    const sampler = new BatchSampler(documents.heldOut, new Random(seed))
    return Array.from({ length: count }, () => sampler.next(rows, length))
  }
  const forCurve = batchesOf(experiment.curveBatches, 1)
  const forResult = batchesOf(experiment.resultBatches, 2)

  for (const seed of experiment.seeds) {
    const contestants = VARIANTS.map((variant) => ({
      variant,
      state: initialState(initialParameters(size, new Random(seed), variant === 'bit bias')),
      curve: [] as { step: number; loss: number }[],
      milliseconds: [] as number[],
    }))
    // All seeds see the same batches in the same order.
    const sampler = new BatchSampler(documents.training, new Random(0))
    for (let number = 1; number <= experiment.steps; number++) {
      const batch = sampler.next(rows, length)
      // Whoever is first in one step is second in the next.
      for (const contestant of number % 2 === 0 ? contestants : contestants.toReversed()) {
        const rates = ratesAt(number, experiment.steps, experiment.rate)
        const started = performance.now()
        const next = step(contestant.state, arraysOf(batch), rates)
        next.loss.dataSync()
        contestant.milliseconds.push(performance.now() - started)
        contestant.state = next.state
      }
      if (number % experiment.evaluateEvery === 0 || number === experiment.steps) {
        for (const { variant, state, curve } of contestants) {
          curve.push({ step: number, loss: evaluate(state.parameters, forCurve).loss })
          log(
            `seed ${seed}, ${variant}, step ${number}: ${curve[curve.length - 1].loss.toFixed(3)} bits/byte`,
          )
        }
      }
    }
    for (const { variant, state, curve, milliseconds } of contestants) {
      const result = evaluate(state.parameters, forResult)
      await onRun({ variant, seed, curve, result, milliseconds: milliseconds.slice(1) }, state.parameters)
      tree.dispose(state)
    }
  }
  step.dispose()
}
