"""Makes the checkpoints beside this file: small models with a bit bias, patched and saved by the Python reference and the libraries that
its users save with, and in expected.json what `join_embedding_layers` makes of each.

    python make.py

Needs utf8-tokenizer 0.8.5, torch, transformers 5.24 and safetensors 0.8. 16 numbers a byte are the fewest for which PyTorch takes the
same kernel as for a real model.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file, save_model
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration
from utf8_tokenizer.byte_embeddings import BitEmbedding, join_embedding_layers, patch_embedding_layers

HERE = Path(__file__).parent
expected = {}


def main():
    torch.manual_seed(6)
    case("llama-tied-f32", llama(True), torch.float32, save_pretrained)
    case("llama-untied-bf16", llama(False), torch.bfloat16, save_pretrained)
    case("llama-tied-model-f16", llama(True), torch.float16, save_shared)
    case("t5-model-bf16", t5(), torch.bfloat16, save_shared, decoder_input_ids=torch.tensor([[1]]))
    case("gpt2-sharded-f16", gpt2(), torch.float16, save_shards)
    plain()
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


def llama(tied):
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=256, hidden_size=16, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
            num_key_value_heads=1, max_position_embeddings=32, tie_word_embeddings=tied,
        )
    )  # fmt: skip


def gpt2():
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=256, n_embd=16, n_inner=8, n_layer=1, n_head=2, n_positions=8, bos_token_id=2, eos_token_id=3)
    )


def t5():
    return T5ForConditionalGeneration(
        T5Config(vocab_size=256, d_model=16, d_kv=4, d_ff=8, num_layers=1, num_heads=2, relative_attention_num_buckets=8)
    )


def case(name, model, dtype, save, **inputs):
    model = model.to(dtype)
    patch_embedding_layers(model)
    patched = model.get_input_embeddings()
    with torch.no_grad():
        patched.bit_proj_w.normal_(0, 0.05)
    # A forward pass brings the sum up to date.
    model(input_ids=torch.tensor([[2, 65, 3]]), **inputs)
    save(model, HERE / name)
    join_embedding_layers(model)
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder) / name)
        expected[name] = described(Path(folder) / name)


def plain():
    embedding = BitEmbedding(torch.randn(256, 16, dtype=torch.bfloat16))
    with torch.no_grad():
        embedding.bit_proj.normal_(0, 0.5)
    other = torch.arange(8, dtype=torch.int64)
    name = "plain-bf16"
    save_file({"embedding." + key: value for key, value in embedding.state_dict().items()} | {"other": other}, file(name))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "folded.safetensors"
        save_file({"embedding.weight": embedding.folded_weight().detach(), "other": other}, path)
        expected[name] = described(path)


def save_pretrained(model, path):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        shutil.copy(Path(folder) / "model.safetensors", file(path))


def save_shared(model, path):
    save_model(model, str(file(path)))


def save_shards(model, path):
    path.mkdir(exist_ok=True)
    model.save_pretrained(path, max_shard_size="9KB")
    for made in path.iterdir():
        if "safetensors" not in made.name:
            made.unlink()


def file(path):
    return HERE / f"{path}.safetensors"  # An absolute path stays one.


def described(path):
    """What a checkpoint is: its metadata or totals, and a hash of each tensor; of one file also the hash of all of it, if that is the same
    each time: the order of several metadata is not."""
    if path.is_dir():
        index = json.loads((path / "model.safetensors.index.json").read_text())
        tensors = {name: tensor_hash(path / shard, name) for name, shard in index["weight_map"].items()}
        return {"metadata": index["metadata"], "tensors": tensors}
    path = path if path.suffix else file(path)
    with safe_open(path, "pt") as opened:
        metadata = opened.metadata() or {}
        tensors = {name: tensor_hash(path, name) for name in opened.keys()}
    whole = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()} if len(metadata) < 2 else {}
    return {"metadata": metadata, "tensors": tensors} | whole


def tensor_hash(path, name):
    with safe_open(path, "pt") as opened:
        return hashlib.sha256(opened.get_tensor(name).view(torch.uint8).numpy().tobytes()).hexdigest()


main()
