// With `node --import`: at exit writes the process's peak resident memory, in bytes, to the file in PEAK_MEMORY_FILE.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024))
})
