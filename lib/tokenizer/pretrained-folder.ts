/**
 * Saved tokenizers in folders, in Node. Each file is written whole or not at all: under a temporary name beside it, synced,
 * renamed, and the folder synced last. node: modules are imported when something is saved or loaded, so that what
 * imports this file still runs in browsers.
 */
import { argumentError, readError, writeError } from '../errors.js'
import { PRETRAINED_FILES } from './pretrained.js'

/**
 * Writes files to a folder, which is made if it is not there. Files with other names stay as they are; those of a saved
 * tokenizer that are not among `files` are removed, as they would be of another tokenizer.
 *
 * @throws ERR_OUTPUT_WRITE with the file that could not be written.
 */
export async function writeFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  checkFolder(folder)
  const { mkdir, rm } = await import('node:fs/promises')
  const { join } = await import('node:path')
  await attempt(folder, mkdir(folder, { recursive: true }))
  for (const name of PRETRAINED_FILES) {
    if (!(name in files)) await attempt(join(folder, name), rm(join(folder, name), { force: true }))
  }
  for (const [name, text] of Object.entries(files)) await writeWhole(folder, name, text)
  await syncFolder(folder)
}

/**
 * The files of a saved tokenizer that a folder has.
 *
 * @throws ERR_INPUT_NOT_FOUND if there is no such folder, ERR_INPUT_UNREADABLE with the file that cannot be read.
 */
export async function readFolder(folder: string): Promise<Record<string, string>> {
  checkFolder(folder)
  const { readdir, readFile } = await import('node:fs/promises')
  const { join } = await import('node:path')
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
}

function checkFolder(folder: unknown): void {
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0')) {
    throw argumentError('folder', 'a path', folder)
  }
}

async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const { open, rename, rm } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const { randomUUID } = await import('node:crypto')
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
  const { open } = await import('node:fs/promises')
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
