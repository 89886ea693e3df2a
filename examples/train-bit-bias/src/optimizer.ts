/** AdamW (Loshchilov and Hutter 2019) over a tree of parameters, with a rate that rises, then falls as half a cosine. */
import { type JaxArray, numpy as np, tree } from './jax.js'
import type { Parameters } from './model.js'

const BETA1 = 0.9
const BETA2 = 0.95
const EPSILON = 1e-8
/** Of the layers' matrices alone. */
const WEIGHT_DECAY = 0.1

/** Parameters, and running means of their gradients and of these squared. */
export type TrainingState = { parameters: Parameters; means: Parameters; squares: Parameters }

/** The numbers that differ from step to step. */
export type StepRates = { rate: JaxArray; meanScale: JaxArray; squareScale: JaxArray }

export function initialState(parameters: Parameters): TrainingState {
  const zeros = () => tree.map((leaf: JaxArray) => np.zeros(leaf.shape), parameters)
  return { means: zeros(), squares: zeros(), parameters }
}

/** For step number `step` of `steps`, from 1 on. Running means began with 0, which their scales make up for. */
export function ratesAt(step: number, steps: number, peak: number): StepRates {
  const warmup = Math.max(1, Math.floor(steps / 20))
  const done = Math.max(0, step - warmup) / Math.max(1, steps - warmup)
  const rate = peak * Math.min(1, step / warmup) * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)))
  return {
    rate: np.array(rate),
    meanScale: np.array(1 / (1 - BETA1 ** step)),
    squareScale: np.array(1 / (1 - BETA2 ** step)),
  }
}

/** The state behind a step along `gradients`. */
export function stepAlong(gradients: Parameters, state: TrainingState, rates: StepRates): TrainingState {
  const leaves = tree.leaves<JaxArray>(state.parameters)
  const means = tree.leaves<JaxArray>(state.means)
  const squares = tree.leaves<JaxArray>(state.squares)
  const structure = tree.structure<JaxArray>(state.parameters)
  const decays = tree.leaves<number>(weightDecays(state.parameters))
  const next = tree.leaves<JaxArray>(gradients).map((gradient, i) => {
    const mean = means[i].mul(BETA1).add(gradient.ref.mul(1 - BETA1))
    const square = squares[i].mul(BETA2).add(np.square(gradient).mul(1 - BETA2))
    const deviation = np.sqrt(square.ref.mul(rates.squareScale.ref)).add(EPSILON)
    const direction = mean.ref.mul(rates.meanScale.ref).div(deviation)
    const decayed = direction.add(leaves[i].ref.mul(decays[i]))
    return { parameter: leaves[i].sub(decayed.mul(rates.rate.ref)), mean, square }
  })
  tree.dispose(rates)
  const grown = (part: readonly JaxArray[]) => tree.unflatten(structure, part) as Parameters
  return {
    parameters: grown(next.map(({ parameter }) => parameter)),
    means: grown(next.map(({ mean }) => mean)),
    squares: grown(next.map(({ square }) => square)),
  }
}

/** A number for each parameter. */
function weightDecays({ embedding, layers, norm }: Parameters) {
  const none = (_leaf: JaxArray) => 0
  return {
    embedding: tree.map(none, embedding),
    layers: tree.map((leaf: JaxArray) => (leaf.ndim === 2 ? WEIGHT_DECAY : 0), layers),
    norm: tree.map(none, norm),
  }
}
