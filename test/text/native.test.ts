/** The text layer over the native engine alone, on every instruction set that this machine and build have. */
import { expect, it } from 'vitest'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { textLayer } from '../../dist/text/layer.js'
import { conformanceSuite } from './conformance.js'

const { binding } = loadNative()

it('has an addon', () => {
  expect(binding).not.toBeNull()
})

for (const target of binding?.targets() ?? []) {
  if (binding !== null)
    conformanceSuite(`native engine, ${target}`, textLayer(createNativeEngine(binding, target)))
}
