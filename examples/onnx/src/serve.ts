/**
 * Generates text with the exported model in transformers.js, and shows it as it grows.
 *
 *     npm run serve -- ['a prompt' …]
 */
import { parseArgs } from 'node:util'
import { LogitsProcessorList, random } from '@huggingface/transformers'
import { UTF8Tokenizer } from 'utf8-tokenizer'
import {
  forTransformers,
  Utf8LogitsProcessor,
  Utf8StoppingCriteria,
  Utf8Streamer,
} from 'utf8-tokenizer/transformers'
import { loadModel } from './model.js'

const { values: options, positionals } = parseArgs({
  options: {
    model: { type: 'string', default: 'out/model' },
    bytes: { type: 'string', default: '120' },
    temperature: { type: 'string', default: '0.7' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
})
const prompts = positionals.length > 0 ? positionals : ['Article 1\nAll human', 'Artículo', 'Статья']
const max_new_tokens = Number(options.bytes)

const tokenizer = forTransformers(new UTF8Tokenizer())
const model = await loadModel(options.model)
random.seed(Number(options.seed))
for (const prompt of prompts) {
  const logits_processor = new LogitsProcessorList()
  logits_processor.push(new Utf8LogitsProcessor({ controls: 'text', max_new_tokens }))
  process.stdout.write(`\n${prompt}│`)
  // STX in front of the prompt, and no ETX behind it: the model shall go on.
  await model.generate({
    ...tokenizer(`\x02${prompt}`, { add_special_tokens: false }),
    max_new_tokens,
    do_sample: true,
    temperature: Number(options.temperature),
    logits_processor,
    stopping_criteria: [new Utf8StoppingCriteria()],
    streamer: new Utf8Streamer({
      skip_prompt: true,
      errors: 'strict',
      callback: (text) => process.stdout.write(text),
    }),
  })
}
process.stdout.write('\n')
await model.dispose()
