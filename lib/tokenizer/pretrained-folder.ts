/**
 * Saved tokenizers in folders, for Node: its entry hands them to the tokenizers, browsers have none. Each file is written
 * whole or not at all.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { argumentError, readError, writeError } from '../errors.js'
import { syncFolder, writeFileAtomic } from '../files/atomic-file.js'
import { PRETRAINED_FILES, type PretrainedFolders } from './pretrained.js'

export const nodeFolders: PretrainedFolders = {
  async write(folder, files) {
    checkFolder(folder)
    await attempt(folder, mkdir(folder, { recursive: true }))
    for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), text)
    for (const name of PRETRAINED_FILES) {
      if (!(name in files)) await attempt(join(folder, name), rm(join(folder, name), { force: true }))
    }
    syncFolder(folder)
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

async function attempt<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action
  } catch (error) {
    throw writeError(path, error)
  }
}
