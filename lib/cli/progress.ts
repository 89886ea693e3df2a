/**
 * Shows how far a run is, on stderr: a bar with rate and time left on a terminal, a plain line every few seconds
 * elsewhere, so that a log stays readable. Runs that end before the first line is due print none.
 */
import { createRequire } from 'node:module'
import type { Progress } from '../corpus/types.js'
import type { MessageOptions } from './command.js'
import { byteRate, byteSize, duration } from './units.js'

/** What is shown of any run; a corpus run tells more. */
export type ShownProgress = Pick<Progress, 'bytesDone' | 'bytesTotal'> & {
  readonly phase: Progress['phase'] | 'fold'
}

export interface ProgressDisplay {
  update(progress: ShownProgress): void
  /** Takes the bar away; must be called before anything else is printed. */
  stop(): void
}

export function progressDisplay(
  { quiet = false }: MessageOptions,
  stream: NodeJS.WriteStream = process.stderr,
): ProgressDisplay {
  if (quiet) return { update() {}, stop() {} }
  return stream.isTTY ? barDisplay(stream) : lineDisplay(stream)
}

const LABELS: Readonly<Record<ShownProgress['phase'], string>> = {
  plan: 'Planning',
  frame: 'Preparing',
  merge: 'Merging',
  verify: 'Verifying',
  compare: 'Comparing',
  validate: 'Validating',
  fold: 'Folding',
}

function labelOf({ phase, bytesDone }: ShownProgress): string {
  // Planning has bytes only where it has to take them from standard input.
  return phase === 'plan' && bytesDone > 0 ? 'Reading standard input' : LABELS[phase]
}

const LINE_SECONDS = 5

function lineDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  const speed = new Speed()
  let last = performance.now()
  return {
    update(progress) {
      speed.update(progress)
      if (performance.now() - last < LINE_SECONDS * 1000) return
      last = performance.now()
      const percent =
        progress.bytesTotal > 0 ? `${Math.floor((100 * progress.bytesDone) / progress.bytesTotal)} %, ` : ''
      stream.write(`${labelOf(progress)}: ${percent}${speed.text(progress, ', ')}\n`)
    },
    stop() {},
  }
}

function barDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  const speed = new Speed()
  let shown: ShownProgress | null = null
  // Loaded where there is a terminal only: most of this program's time to start is loading modules.
  const { SingleBar }: typeof import('cli-progress') = createRequire(import.meta.url)('cli-progress')
  const bar = new SingleBar({
    stream,
    clearOnComplete: true,
    // Cursor and line wrapping of the terminal stay as they are, so that a killed run leaves nothing behind.
    hideCursor: false,
    linewrap: true,
    fps: 10,
    forceRedraw: true,
    format: () => (shown === null ? '' : barLine(shown, speed, stream.columns)),
  })
  return {
    update(progress) {
      speed.update(progress)
      const first = shown === null
      shown = progress
      if (first) bar.start(1, 0)
      bar.update(progress.bytesTotal > 0 ? progress.bytesDone / progress.bytesTotal : 0)
    },
    stop() {
      if (shown !== null) bar.stop()
      shown = null
    },
  }
}

/** `Preparing [=====-----]  45 %  3.4 GB of 7.9 GB  420 MB/s  11 s left`, cut to the terminal's width. */
function barLine(progress: ShownProgress, speed: Speed, columns = 80): string {
  const label = labelOf(progress)
  const rest = speed.text(progress, '  ')
  if (progress.bytesTotal === 0) return `${label}  ${rest}`.slice(0, columns - 1)
  const fraction = Math.min(1, progress.bytesDone / progress.bytesTotal)
  const percent = `${Math.floor(100 * fraction)}`.padStart(3)
  const width = Math.min(40, columns - label.length - rest.length - 14)
  if (width < 5) return `${label} ${percent} %  ${rest}`.slice(0, columns - 1)
  const filled = Math.round(fraction * width)
  return `${label} [${'='.repeat(filled)}${'-'.repeat(width - filled)}] ${percent} %  ${rest}`
}

/** Rate since the phase began. What an earlier run had done counts as done, but not for the rate. */
class Speed {
  #phase: ShownProgress['phase'] | null = null
  #start = 0
  #startBytes = 0

  update(progress: ShownProgress): void {
    if (progress.phase === this.#phase) return
    this.#phase = progress.phase
    this.#start = performance.now()
    this.#startBytes = progress.bytesDone
  }

  text(progress: ShownProgress, between: string): string {
    const { bytesDone, bytesTotal } = progress
    const seconds = (performance.now() - this.#start) / 1000
    const done = bytesDone - this.#startBytes
    const parts = [bytesTotal > 0 ? `${byteSize(bytesDone)} of ${byteSize(bytesTotal)}` : byteSize(bytesDone)]
    if (seconds > 0.2 && done > 0) {
      parts.push(byteRate(done, seconds))
      if (bytesTotal > bytesDone) parts.push(`${duration(((bytesTotal - bytesDone) * seconds) / done)} left`)
    }
    return parts.join(between)
  }
}
