/**
 * Jinja for Node: @huggingface/jinja, an optional peer of this package, is loaded when the first template is compiled.
 */
import { createRequire } from 'node:module'
import { templateError } from './errors.js'
import type { CompiledTemplate, CompileTemplate } from './tokenizer/chat.js'

/** The compiler. `load` is an argument for tests. Throws ERR_CHAT_TEMPLATE if the package is missing, or for wrong Jinja. */
export function jinjaCompiler(load: () => JinjaModule = loadJinja): CompileTemplate {
  return (source) => {
    const { Template } = loaded(load)
    try {
      return new Template(source)
    } catch (error) {
      throw templateError('could not compile the chat template', error)
    }
  }
}

export interface JinjaModule {
  readonly Template: new (source: string) => CompiledTemplate
}

const PACKAGE = '@huggingface/jinja'

function loadJinja(): JinjaModule {
  return createRequire(import.meta.url)(PACKAGE)
}

function loaded(load: () => JinjaModule): JinjaModule {
  try {
    return load()
  } catch (error) {
    throw templateError(`templates in Jinja need the package ${PACKAGE}; npm install ${PACKAGE}`, error)
  }
}
