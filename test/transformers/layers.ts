/** The adapter over transformers.js as the tests have it, and what it is made of, on the engine of this process. */
import { chooseEngine } from '../../dist/engine/choose.js'
import { generationLayer } from '../../dist/generation/layer.js'
import { textLayer } from '../../dist/text/layer.js'
import { tokenizerLayer } from '../../dist/tokenizer/layer.js'
import { transformersLayer } from '../../dist/transformers/layer.js'
import type { TransformersModule } from '../../dist/transformers/peer.js'
import { loadModel, loadPeer } from './peer.js'

/** Everything that a test needs, made at the first call: without the peer there is none. */
export function setUp() {
  made ??= make()
  return made
}

async function make() {
  const peer = await loadPeer()
  const { engine } = chooseEngine()
  const text = textLayer(engine)
  const adapter = transformersLayer(
    peer as unknown as TransformersModule,
    generationLayer(text, engine),
    engine,
  )
  return { peer, model: await loadModel(peer), text, ...tokenizerLayer(text, engine), ...adapter }
}

let made: ReturnType<typeof make> | undefined
