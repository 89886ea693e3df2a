/**
 * Saved tokenizers in folders, for Node: its entry hands them to the tokenizers, browsers have none. Each file is written
 * whole or not at all: under a temporary name beside it, synced, renamed, and the folder synced last.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { argumentError, readError, writeError } from '../errors.js'
import { PRETRAINED_FILES, type PretrainedFolders } from './pretrained.js'

export const nodeFolders: PretrainedFolders = {
  async write(folder, files) {
    checkFolder(folder)
    await attempt(folder, mkdir(folder, { recursive: true }))
    for (const [name, text] of Object.entries(files)) await writeWhole(folder, name, text)
    for (const name of PRETRAINED_FILES) {
      if (!(name in files)) await attempt(join(folder, name), rm(join(folder, name), { force: true }))
    }
    await syncFolder(folder)
  },

  async read(folder) {
    checkFolder(folder)
    const there = await readdir(folder).catch((error: unknown) => {
      throw readError(folder, error)
    })
    const files: Record<string, string> = {}
    for (const name of PRETRAINED_FILES) {
      if (!there.includes(name)) continue
      const path = join(folder, name)
      files[name] = await readFile(path, 'utf8').catch((error: unknown) => {
        throw readError(path, error)
      })
    }
    return files
  },
}

function checkFolder(folder: unknown): void {
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0')) {
    throw argumentError('folder', 'a path', folder)
  }
}

async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name)
  const temporary = join(folder, `${name}.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw writeError(path, error)
  }
}

/** A rename is on disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  // Windows can not open a folder; there a rename is journaled.
  if (process.platform === 'win32') return
  const handle = await attempt(folder, open(folder, 'r'))
  try {
    await attempt(folder, handle.sync())
  } finally {
    await handle.close()
  }
}

async function attempt<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action
  } catch (error) {
    throw writeError(path, error)
  }
}
