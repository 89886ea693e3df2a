/** A page of its own on this machine's loopback: the built package, the cases, and the headers that shared memory needs. */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.json': 'application/json' }
/** With these a page is isolated from others, and browsers give it SharedArrayBuffer. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export interface Page {
  readonly url: string
  /** Paths that were asked for and are not there. */
  readonly missing: readonly string[]
  close(): Promise<void>
}

/** Serves an empty page, and the folders under their names. */
export async function servePage(folders: Readonly<Record<string, string>>): Promise<Page> {
  const missing: string[] = []
  const server = createServer(async ({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://page').pathname))
    if (path === '/') {
      response.writeHead(200, { 'Content-Type': 'text/html', ...ISOLATED })
      response.end('<!doctype html><link rel="icon" href="data:,"><title>Cases</title>')
      return
    }
    const [, name, ...rest] = path.split('/')
    try {
      if (!Object.hasOwn(folders, name)) throw new Error('no such folder')
      const content = await readFile(join(folders[name], ...rest))
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain', ...ISOLATED })
      response.end(content)
    } catch {
      missing.push(path)
      response.writeHead(404, ISOLATED)
      response.end()
    }
  })
  await listening(server)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    missing,
    close: () => new Promise((done) => server.close(() => done())),
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(0, '127.0.0.1', done)
  })
}
