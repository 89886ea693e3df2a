// Deterministic text of mixed scripts for the benchmarks: a document a line, log-normal lengths with a mean near 900 bytes, as
// plain text and as JSON lines with the usual fields around it.
//   node bench/corpus.mjs text|jsonl FILE SIZE_IN_MIB
import { closeSync, openSync, writeSync } from 'node:fs'

const SCRIPTS = [
  {
    share: 0.5,
    words: 'the of and to in is that for it as was with be by on not he his but at are this have from',
  },
  {
    share: 0.12,
    words: 'größe müßig café naïve señor élève über schön année garçon peça coração où été très',
  },
  {
    share: 0.14,
    words: 'и в не на что с как это по но они мы этот человек право свобода равный достоинство',
  },
  {
    share: 0.14,
    words: '人人 生而 自由 在 尊严 和 权利 上 一律 平等 他们 赋有 理性 良心 并 应 以 兄弟 关系 精神',
  },
  { share: 0.06, words: 'जन्म से सभी मनुष्य स्वतंत्र और समान अधिकार गरिमा बुद्धि अंतरात्मा' },
  { share: 0.04, words: '🎉 🚀 🌍 🦊 💡 👩‍🚀 ok lol 😀 👍🏽' },
].map(({ share, words }) => ({ share, words: words.split(' ') }))

/** mulberry32: a small generator with a 32-bit seed. */
function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** The script that a number below 1 falls on. */
function scriptAt(pick) {
  let sum = 0
  for (const script of SCRIPTS) {
    sum += script.share
    if (pick < sum) return script
  }
  return SCRIPTS[0]
}

function* documents(seed) {
  const dice = random(seed)
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(dice() || 1e-9)) * Math.cos(2 * Math.PI * dice())
    const target = Math.min(50_000, Math.exp(6.0 + 0.9 * normal))
    const script = scriptAt(dice())
    const words = []
    for (let length = 0; length < target; ) {
      const word = script.words[Math.floor(dice() * script.words.length)]
      words.push(word)
      length += word.length + 1
    }
    yield words.join(script.words[0] === '人人' ? '' : ' ')
  }
}

/** Writes `bytes` bytes (to the next line end) of `format` to `path`: 32 MiB that differ, then the same again. */
export function writeCorpus(path, format, bytes, seed = 1) {
  const lines = []
  let size = 0
  let id = 0
  for (const text of documents(seed)) {
    const line =
      format === 'jsonl'
        ? `${JSON.stringify({ id: id++, url: `https://example.org/${id}`, text: id % 10 === 0 ? `"${text}"\n` : text, score: id / 7 })}\n`
        : `${text}\n`
    const encoded = Buffer.from(line)
    lines.push(encoded)
    size += encoded.length
    if (size >= Math.min(bytes, 32 << 20)) break
  }
  const block = Buffer.concat(lines)
  const fd = openSync(path, 'w')
  for (let written = 0; written < bytes; ) written += writeSync(fd, block, 0, block.length)
  closeSync(fd)
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [format, path, mebibytes] = process.argv.slice(2)
  writeCorpus(path, format, Number(mebibytes) * (1 << 20))
}
