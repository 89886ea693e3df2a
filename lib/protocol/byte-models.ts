/**
 * Other models of bytes, as data: which id a byte has in each, and which ids stand for begin, end and padding. Byte b
 * is always the id b + offset. Facts are taken from where the models' authors wrote them down, named at each entry; an
 * entry never changes once it is here, because manifests of corpora name it.
 */
import { argumentError } from '../errors.js'
import { ETX, STX } from './controls.js'

export interface ByteModel {
  readonly name: string
  /** Byte b is the id b + offset. */
  readonly offset: number
  /** Ids of padding, begin and end of a text; null where the model has none. */
  readonly pad: number | null
  readonly bos: number | null
  readonly eos: number | null
  /** All other ids that are no bytes and have a name, by that name. */
  readonly others: Readonly<Record<string, number>>
  /** Ids from 0 to below it are rows of the model's embedding. */
  readonly vocabularySize: number
  /** Whether a text that the model's own code encodes gets bos in front and eos behind, if nothing else is asked for. */
  readonly addsBos: boolean
  readonly addsEos: boolean
}

export const BYTE_MODELS = [
  {
    // Xue et al., "ByT5" (arXiv 2105.13626). Hugging Face transformers, models/byt5/tokenization_byt5.py (v5.24): the ids, eos
    // behind each text, and 125 ids behind the bytes without a use of their own, so that the embedding has 384 rows.
    name: 'byt5',
    offset: 3,
    pad: 0,
    bos: null,
    eos: 1,
    others: { unk: 2 },
    vocabularySize: 384,
    addsBos: false,
    addsEos: true,
  },
  {
    // Pagnoni et al., "Byte Latent Transformer" (arXiv 2412.09871). facebookresearch/blt at 9774ed4,
    // bytelatent/tokenizers/constants.py and blt_tokenizer.py. Its PAD_ID is -1, which is no id: where batches are
    // packed (bytelatent/args.py) it pads with boe. Vocabulary: bytelatent/configs/entropy_model.yaml.
    name: 'blt',
    offset: 4,
    pad: 0,
    bos: 1,
    eos: 2,
    others: { boe: 0, bpe: 3 },
    vocabularySize: 260,
    addsBos: true,
    addsEos: true,
  },
  {
    // Zheng et al., "EvaByte" (2025). OpenEvaByte/evabyte at 432331a, evabyte_hf/tokenization_evabyte.py and
    // configuration_evabyte.py; the ids 12 to 63 are spare.
    name: 'evabyte',
    offset: 64,
    pad: 0,
    bos: 1,
    eos: 2,
    others: {
      unk: 3,
      sep: 4,
      repo_name: 5,
      file_sep: 6,
      t2v_token: 7,
      v2t_token: 8,
      start_header_id: 9,
      end_header_id: 10,
      eot_id: 11,
    },
    vocabularySize: 320,
    addsBos: true,
    addsEos: false,
  },
  {
    // Hwang et al., "Dynamic Chunking for End-to-End Hierarchical Sequence Modeling" (arXiv 2507.07955).
    // goombalab/hnet at 3673fe1, hnet/utils/tokenizers.py; begin and end are bytes that no UTF-8 has. That bos stands in
    // front of a text is what generate.py does.
    name: 'hnet',
    offset: 0,
    pad: null,
    bos: 254,
    eos: 255,
    others: {},
    vocabularySize: 256,
    addsBos: true,
    addsEos: false,
  },
] as const satisfies readonly ByteModel[]

export type ByteModelName = (typeof BYTE_MODELS)[number]['name']

export const BYTE_MODEL_NAMES: readonly ByteModelName[] = BYTE_MODELS.map(({ name }) => name)

/**
 * The model of a name.
 *
 * @throws ERR_ARGUMENT for a name that is not in the table.
 */
export function byteModel(name: ByteModelName): ByteModel & { readonly name: ByteModelName } {
  const model = BYTE_MODELS.find((one) => one.name === name)
  if (model === undefined) throw argumentError('byte model', `one of ${BYTE_MODEL_NAMES.join(', ')}`, name)
  return model
}

/** The largest id that a byte, bos or eos has: what an array of ids must be able to hold. */
export function largestId({ offset, bos, eos }: ByteModel): number {
  return Math.max(offset + 0xff, bos ?? 0, eos ?? 0)
}

/**
 * The id of each byte. In framed text, where STX and ETX are nothing but frame, they are the model's begin and end: `bos`
 * and `eos` say if there is that part of the frame.
 */
export function modelIds(model: ByteModel, bos = false, eos = false): Uint16Array {
  const ids = Uint16Array.from({ length: 256 }, (_, byte) => byte + model.offset)
  if (bos && model.bos !== null) ids[STX] = model.bos
  if (eos && model.eos !== null) ids[ETX] = model.eos
  return ids
}
