/** What came out, in numbers and in a table: for each variant the mean over the seeds, and how far the seeds lie apart. */
import { type Run, VARIANTS, type Variant } from './train.js'

export interface Spread {
  readonly mean: number
  readonly least: number
  readonly most: number
}

export interface VariantSummary {
  readonly variant: Variant
  readonly loss: Spread
  readonly accuracy: Spread
  readonly millisecondsPerStep: number
}

export interface Summary {
  readonly variants: readonly VariantSummary[]
  /** Bit bias less plain, for each seed: below 0 is better. */
  readonly lossDifferences: readonly number[]
  /** Median over steps of the time with bit bias by the time without it, of the step beside it. */
  readonly timeRatio: number
}

export function summarize(runs: readonly Run[]): Summary {
  const of = (variant: Variant) => runs.filter((run) => run.variant === variant)
  const variants = VARIANTS.map((variant) => ({
    variant,
    loss: spread(of(variant).map(({ result }) => result.loss)),
    accuracy: spread(of(variant).map(({ result }) => result.accuracy)),
    millisecondsPerStep: median(of(variant).flatMap(({ milliseconds }) => milliseconds)),
  }))
  const plain = of('plain')
  const biased = of('bit bias')
  return {
    variants,
    lossDifferences: biased.map(({ result }, i) => result.loss - plain[i].result.loss),
    timeRatio: median(
      biased.flatMap(({ milliseconds }, i) => milliseconds.map((time, k) => time / plain[i].milliseconds[k])),
    ),
  }
}

/** Markdown: the table and a sentence on whether it says anything. */
export function tableOf({ variants, lossDifferences, timeRatio }: Summary): string {
  const rows = variants.map(
    ({ variant, loss, accuracy, millisecondsPerStep }) =>
      `| ${variant.padEnd(8)} | ${spreadText(loss, (bits) => bits.toFixed(4))} | ${spreadText(accuracy, percent)} | ${millisecondsPerStep.toFixed(1).padEnd(17)} |`,
  )
  const [plain, biased] = variants
  const differences = lossDifferences
    .map((bits) => `${bits < 0 ? '−' : '+'}${Math.abs(bits).toFixed(4)}`)
    .join(', ')
  return [
    '| model    | loss, bits/byte        | accuracy                  | time per step, ms |',
    '| -------- | ---------------------- | ------------------------- | ----------------- |',
    ...rows,
    '',
    `Loss with bit bias less without, seed by seed: ${differences} bits/byte. ${verdict(plain.loss, biased.loss, lossDifferences)}`,
    `A step with bit bias takes ${timeRatio.toFixed(3)} times as long as one without, by the median over pairs of steps.`,
    '',
  ].join('\n')
}

function verdict(plain: Spread, biased: Spread, differences: readonly number[]): string {
  const apart = biased.most < plain.least || plain.most < biased.least
  const agree = differences.every((bits) => bits < 0) || differences.every((bits) => bits > 0)
  if (apart) return 'The difference is larger than the spread of the seeds.'
  if (agree) return 'All seeds agree on the sign, and the difference is smaller than their spread.'
  return 'The difference is within the spread of the seeds, which do not agree on its sign.'
}

function spreadText({ mean, least, most }: Spread, text: (value: number) => string): string {
  return `${text(mean)} (${text(least)}–${text(most)})`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return { mean, least: Math.min(...values), most: Math.max(...values) }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
