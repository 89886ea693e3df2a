// Reads files in chunks of 256 KiB and does nothing with them: what `validate` is measured beside. Of a folder all files.
//   node bench/read-files.mjs PATH
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

const buffer = new Uint8Array(256 * 1024)
let files = 0
let bytes = 0

function take(path, isFolder) {
  if (!isFolder) read(path)
  else {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      take(join(path, entry.name), entry.isDirectory())
    }
  }
}

function read(path) {
  const descriptor = openSync(path, 'r')
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null)
    if (count === 0) break
    bytes += count
  }
  closeSync(descriptor)
  files++
}

const [path] = process.argv.slice(2)
take(path, statSync(path).isDirectory())
console.log(JSON.stringify({ files, bytes }))
