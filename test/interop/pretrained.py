"""Loads a saved tokenizer with Hugging Face's tools and with the Python reference, and answers what each of them gives.

    python pretrained.py FOLDER < questions.json > answers.json

Questions: `texts`; `rows` of ids to decode; `batches` of {texts, arguments} for a call; `chats` of {messages, arguments};
`again`, a folder to which each tool saves what it has loaded, under its name; and `utf16`, a folder that only the reference can
load.

The package utf8-tokenizer imports torch, of which its tokenizer uses four names beside tensors, that are not asked for here. They
are put in its place, and the package's __init__, which imports models, is passed over: torch takes gigabytes.
"""

import importlib
import importlib.metadata
import json
import os
import sys
import types
from pathlib import Path

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"

import tokenizers  # noqa: E402
import transformers  # noqa: E402


def main(folder):
    questions = json.load(sys.stdin)
    again = Path(questions["again"])
    reference = reference_module()
    auto = transformers.AutoTokenizer.from_pretrained(folder)
    answers = {
        "AutoTokenizer": of_transformers(auto, questions, questions["chats"], again / "AutoTokenizer"),
        # It has a template of its own, which is not made for chats of all kinds.
        "reference": of_transformers(
            reference.UTF8Tokenizer.from_pretrained(folder),
            questions,
            [one for one in questions["chats"] if "reference" in one],
            again / "reference",
        ),
        "tokenizers": of_tokenizers(tokenizers.Tokenizer.from_file(str(Path(folder) / "tokenizer.json")), questions),
        "byt5": of_byt5(questions),
        "utf16": of_utf16(reference.UTF16Tokenizer.from_pretrained(questions["utf16"]), questions),
    }
    # All at once: dump would write each number by itself.
    sys.stdout.write(json.dumps(answers))


def of_transformers(tokenizer, questions, chats, again):
    tokenizer.save_pretrained(again)
    # The reference's call itself gives tensors; its encode, and the call of its base class, do not.
    call = getattr(tokenizer, "_original_call", tokenizer)
    return {
        "framed": [tokenizer.encode(text) for text in questions["texts"]],
        "plain": [tokenizer.encode(text, add_special_tokens=False) for text in questions["texts"]],
        "decoded": [tokenizer.decode(row) for row in questions["rows"]],
        "skipped": [tokenizer.decode(row, skip_special_tokens=True) for row in questions["rows"]],
        "batches": [dict(call(one["texts"], **one["arguments"])) for one in questions["batches"]],
        "chats": [chat(tokenizer, one, False) for one in chats],
        "chatIds": [chat(tokenizer, one, True) for one in chats],
        "settings": {
            "padding_side": tokenizer.padding_side,
            "truncation_side": tokenizer.truncation_side,
            "model_max_length": tokenizer.model_max_length,
            "ids": [tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id],
        },
    }


def chat(tokenizer, one, tokenize):
    arguments = one["arguments"]
    if tokenize:
        return tokenizer.apply_chat_template(one["messages"], tokenize=True, return_dict=False, **arguments)
    return tokenizer.apply_chat_template(one["messages"], tokenize=False, **arguments)


def of_tokenizers(tokenizer, questions):
    return {
        "framed": [tokenizer.encode(text).ids for text in questions["texts"]],
        "plain": [tokenizer.encode(text, add_special_tokens=False).ids for text in questions["texts"]],
        "decoded": [tokenizer.decode(row, skip_special_tokens=False) for row in questions["rows"]],
        "skipped": [tokenizer.decode(row) for row in questions["rows"]],
    }


def of_byt5(questions):
    tokenizer = transformers.ByT5Tokenizer()
    return {
        "framed": [tokenizer.encode(text) for text in questions["texts"]],
        "plain": [tokenizer.encode(text, add_special_tokens=False) for text in questions["texts"]],
    }


def of_utf16(tokenizer, questions):
    return {
        "framed": [tokenizer.encode(text) for text in questions["texts"]],
        "plain": [tokenizer.encode(text, add_special_tokens=False) for text in questions["texts"]],
    }


def reference_module():
    """The module utf8_tokenizer.tokenizer, over names in place of torch."""
    dtype = type("dtype", (), {})
    tensor = type("Tensor", (), {})
    names = {name: dtype() for name in ("uint8", "uint16", "uint32")}
    module("torch", dtype=dtype, device=type("device", (), {}), Tensor=tensor, **names)
    package = importlib.metadata.distribution("utf8-tokenizer").locate_file("utf8_tokenizer")
    module("utf8_tokenizer", __path__=[str(package)])
    return importlib.import_module("utf8_tokenizer.tokenizer")


def module(name, **names):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(names)


if __name__ == "__main__":
    main(sys.argv[1])
