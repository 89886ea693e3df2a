/**
 * Numbers for people: thousands, byte sizes and rates in decimal units (as disks and networks are sold), durations,
 * and a noun in its right number.
 */

const SCALE = ['', 'k', 'M', 'G', 'T', 'P']

/** 12 → `12`, 12345 → `12,345`. */
export function thousands(value: number): string {
  // Not by toLocaleString, which takes longer to start than this program to validate a book.
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** 8123456 → `8.1 M`; up to 99,999 all digits. */
export function approximately(value: number): string {
  return value < 100_000 ? thousands(value) : scaled(value).trim()
}

/** 7912345 → `7.9 MB`; 1 → `1 byte`. */
export function byteSize(bytes: number): string {
  return bytes < 1000 ? counted(bytes, 'byte') : `${scaled(bytes)}B`
}

/** Bytes a second: `21 MB/s`. */
export function byteRate(bytes: number, seconds: number): string {
  const rate = seconds > 0 ? bytes / seconds : 0
  return rate < 1000 ? `${Math.round(rate)} B/s` : `${scaled(rate)}B/s`
}

/** 0.42 → `0.4 s`, 75 → `1 min 15 s`, 3700 → `1 h 2 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.05) return `${Math.max(1, Math.round(seconds * 1000))} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${thousands(Math.floor(minutes / 60))} h ${minutes % 60} min`
}

/** `1 document`, `2 documents`, `1,024 documents`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${thousands(count)} ${count === 1 ? noun : plural}`
}

/** The numbers that documents of a dataset have, as an error names them. */
export function documentsOf(length: number): string {
  return length === 0 ? 'nothing, as the dataset has no documents,' : `numbers from 0 to ${length - 1}`
}

/** Three digits or less and the letter of the scale, with a space between. */
function scaled(value: number): string {
  let index = 0
  let rest = value
  // 999.5 would print as 1000.
  while (rest >= 999.5 && index < SCALE.length - 1) {
    rest /= 1000
    index++
  }
  return `${rest < 9.95 && index > 0 ? rest.toFixed(1) : Math.round(rest)} ${SCALE[index]}`
}
