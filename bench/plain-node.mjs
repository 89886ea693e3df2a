// The plain way to prepare JSON lines in Node: readline, JSON.parse, Buffer. No index, no checksum, no policies.
//   node bench/plain-node.mjs INPUT OUTPUT
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const [input, output] = process.argv.slice(2)
const out = createWriteStream(output, { highWaterMark: 1 << 20 })
let documents = 0
for await (const line of createInterface({ input: createReadStream(input, { highWaterMark: 1 << 20 }) })) {
  const text = Buffer.from(`\x02${JSON.parse(line).text}\x03`)
  documents++
  if (!out.write(text)) await new Promise((resolve) => out.once('drain', resolve))
}
await new Promise((resolve) => out.end(resolve))
console.log(documents)
