/** The loss on held-out text as training goes on, as an SVG: for each variant the mean over the seeds as a line, in a band of all. */
import { scaleLinear } from 'd3-scale'
import { area, line } from 'd3-shape'
import { type Spread, spread } from './summary.js'
import { type Run, VARIANTS, type Variant } from './train.js'

interface Point extends Spread {
  readonly step: number
}

export function curvesSvg(runs: readonly Run[]): string {
  const curves = VARIANTS.map((variant) => ({ variant, points: pointsOf(runs, variant) }))
  const all = curves.flatMap(({ points }) => points)
  const x = scaleLinear([0, Math.max(...all.map(({ step }) => step))], [PLOT.left, PLOT.right])
  const losses = [Math.min(...all.map(({ least }) => least)), Math.max(...all.map(({ most }) => most))]
  const y = scaleLinear(losses, [PLOT.bottom, PLOT.top]).nice()
  const band = area<Point>(
    ({ step }) => x(step),
    ({ least }) => y(least),
    ({ most }) => y(most),
  )
  const middle = line<Point>(
    ({ step }) => x(step),
    ({ mean }) => y(mean),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 26, TITLE, 'font-size="15" font-weight="600"'),
    ...y.ticks(6).map((loss) => {
      const at = y(loss).toFixed(1)
      return `<path d="M${PLOT.left},${at}H${PLOT.right}" stroke="#e4e4e4"/>${text(PLOT.left - 8, Number(at) + 4, y.tickFormat(6)(loss), 'text-anchor="end"')}`
    }),
    ...x.ticks(8).map((step) => text(x(step), PLOT.bottom + 20, String(step), 'text-anchor="middle"')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 40, 'training steps', 'text-anchor="middle"'),
    ...curves.map(({ variant, points }) => {
      const color = COLORS[variant]
      return `<path d="${band(points)}" fill="${color}" fill-opacity="0.18"/><path d="${middle(points)}" fill="none" stroke="${color}" stroke-width="2"/>`
    }),
    ...curves.map(({ variant }, i) => {
      const top = PLOT.top + 8 + 20 * i
      return `<path d="M${PLOT.right - 110},${top}h24" stroke="${COLORS[variant]}" stroke-width="2"/>${text(PLOT.right - 78, top + 4, variant, '')}`
    }),
    '</svg>\n',
  ].join('\n')
}

const TITLE = 'Loss on held-out text, bits a byte'
const WIDTH = 720
const HEIGHT = 420
const PLOT = { left: 56, right: 700, top: 44, bottom: 364 }
const COLORS: Readonly<Record<Variant, string>> = { plain: '#d1662a', 'bit bias': '#1f5fa8' }

function pointsOf(runs: readonly Run[], variant: Variant): Point[] {
  const curves = runs.filter((run) => run.variant === variant).map(({ curve }) => curve)
  return curves[0].map(({ step }, i) => ({ step, ...spread(curves.map((curve) => curve[i].loss)) }))
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="#333333" ${attributes}>${content}</text>`
}
