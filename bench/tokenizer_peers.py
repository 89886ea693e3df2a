# What other tokenizers take for the batches of bench/tokenizer.mjs, and for logits: the Python reference, ByT5, and on the
# tokenizer.json that save_pretrained writes the Rust tokenizers and gigatoken, each where it is installed.
#   python bench/tokenizer_peers.py < question.json      → one line of JSON: seconds for one batch
import json
import sys
import time

question = json.load(sys.stdin)
rounds = question["rounds"]


def seconds(work):
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def reference(texts, expected):
    from utf8_tokenizer import UTF8Tokenizer

    tokenizer = UTF8Tokenizer()
    assert tokenizer.torch(texts, padding=True).input_ids.tolist() == expected
    return seconds(lambda: tokenizer.torch(texts, padding=True))


def byt5(texts, expected):
    from transformers import ByT5Tokenizer

    tokenizer = ByT5Tokenizer()
    width = len(expected[0])
    ids = tokenizer(texts, padding=True, return_tensors="np").input_ids.tolist()
    # No STX; 1 in place of ETX, 0 for padding, all else three higher.
    rows = [[i + 3 for i in row[1:] if i not in (0, 3)] + [1] for row in expected]
    assert ids == [row + [0] * (width - 1 - len(row)) for row in rows]
    return seconds(lambda: tokenizer(texts, padding=True, return_tensors="np"))


def tokenizers(texts, expected):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(question["folder"] + "/tokenizer.json")
    tokenizer.enable_padding(pad_id=0, pad_token="\0")
    assert [one.ids for one in tokenizer.encode_batch(texts)] == expected
    return seconds(lambda: tokenizer.encode_batch(texts))


def gigatoken(texts, expected):
    import gigatoken as module

    tokenizer = module.Tokenizer(question["folder"] + "/tokenizer.json")
    rows = [[i for i in row if i not in (0, 2, 3)] for row in expected]
    assert [list(row) for row in tokenizer.encode_batch(texts)] in (
        rows,
        [[2, *row, 3] for row in rows],
    )
    return seconds(lambda: tokenizer.encode_batch(texts))


def logits(histories, expected):
    import torch
    from utf8_tokenizer.logits_processor import UTF8ValidationLogitsProcessor

    processor = UTF8ValidationLogitsProcessor()
    ids = torch.tensor(histories)
    scores = torch.zeros(len(histories), 256)
    for row, allowed in zip(processor(ids, scores.clone()).isfinite().tolist(), expected):
        # The reference allows everything where a character may begin.
        assert all(row) or row == [bool(one) for one in allowed]
    return seconds(lambda: processor(ids, scores))


answers = {}
for name, peer in {"reference": reference, "byt5": byt5, "tokenizers": tokenizers, "gigatoken": gigatoken}.items():
    for batch, [texts, expected] in question["batches"].items():
        try:
            answers.setdefault(name, {})[batch] = peer(texts, expected)
        except ImportError as error:
            answers[name] = {"missing": str(error)}
            break
try:
    answers["reference"]["logits"] = logits(*question["logits"])
except ImportError:
    pass
print(json.dumps(answers))
