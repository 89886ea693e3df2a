/**
 * Main module of a thread that surveys ranges of files.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { chooseEngine } from '../../engine/choose.js'
import { serveOrders } from '../worker-thread.js'
import { makeReader, type SurveyOrder, type SurveyResult, type SurveySetup, survey } from './survey.js'

const { engine: request, chunk } = workerData as SurveySetup
const { engine } = chooseEngine(request)
const reader = makeReader(chunk)

serveOrders(parentPort, (order: SurveyOrder): SurveyResult => {
  const steps = survey(order, reader, engine)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
})
