"""Writes the model of these tests: a byte-level causal transformer in ONNX, with random weights and a cache of keys and
values, under the names that transformers.js knows from GPT-2.

    python test/transformers/model/build.py        # needs onnx and numpy (tried: onnx 1.23.2, numpy 2.4.6)

The weights are seeded, so that every run writes the same file. They say nothing: the model stands for one that has learnt
little, whose samples are ill-formed UTF-8 most of the time. ETX and ETB are likelier than other bytes, so that sequences end.
Positions are sines of `position_ids`, and a key is seen where `attention_mask` is 1 and its place is not behind the query's,
so that padding on the left changes nothing.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

VOCABULARY, WIDTH, HEADS, LAYERS = 256, 32, 4, 2
HEAD_WIDTH = WIDTH // HEADS
NUL, STX, ETX, ETB = 0, 2, 3, 23
FOLDER = Path(__file__).parent

random = np.random.default_rng(20250217)
nodes, initializers = [], []


def constant(name, values, dtype=np.float32):
    initializers.append(numpy_helper.from_array(np.asarray(values, dtype), name))
    return name


def weights(name, *shape, scale):
    return constant(name, random.standard_normal(shape) * scale)


def add(operator, *inputs, name, outputs=1, **attributes):
    names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
    nodes.append(helper.make_node(operator, list(inputs), names, name=name, **attributes))
    return names[0] if outputs == 1 else names


def linear(x, name, inputs, outputs, bias=None):
    matrix = weights(f"{name}.weight", inputs, outputs, scale=1.5 / np.sqrt(inputs))
    bias = constant(f"{name}.bias", np.zeros(outputs) if bias is None else bias)
    return add("Add", add("MatMul", x, matrix, name=f"{name}.product"), bias, name=name)


def normalized(x, name):
    scale = constant(f"{name}.scale", np.ones(WIDTH))
    return add("LayerNormalization", x, scale, name=name, axis=-1)


# Which places see which: [batch, 1, queries, keys], 0 where seen and a very small number where not.
zero = constant("zero", 0, np.int64)
one = constant("one", 1, np.int64)
axis1 = constant("axis1", [1], np.int64)
axis2 = constant("axis2", [2], np.int64)
axes12 = constant("axes12", [1, 2], np.int64)
scalar = constant("scalar", [], np.int64)
total = add("Reshape", add("Shape", "attention_mask", name="mask_size", start=1, end=2), scalar, name="total")
new = add("Reshape", add("Shape", "input_ids", name="ids_size", start=1, end=2), scalar, name="new")
past = add("Sub", total, new, name="past")
queries = add("Unsqueeze", add("Range", past, total, one, name="new_places"), axis1, name="queries")
keys = add("Range", zero, total, one, name="places")
not_behind = add("LessOrEqual", keys, queries, name="not_behind")
is_text = add("Cast", "attention_mask", name="is_text", to=TensorProto.BOOL)
seen = add("And", not_behind, add("Unsqueeze", is_text, axes12, name="text_keys"), name="seen")
unseen = add("Where", seen, constant("shown", 0.0), constant("hidden", -1e9), name="unseen")

# Bytes and their places.
angles = add(
    "Mul",
    add("Unsqueeze", add("Cast", "position_ids", name="position", to=TensorProto.FLOAT), axis2, name="column"),
    constant("frequencies", 100.0 ** (-np.arange(WIDTH // 2) / (WIDTH // 2))),
    name="angles",
)
waves = [add("Sin", angles, name="sines"), add("Cos", angles, name="cosines")]
x = add(
    "Add",
    add("Gather", weights("bytes.weight", VOCABULARY, WIDTH, scale=1.0), "input_ids", name="bytes"),
    add("Concat", *waves, name="waves", axis=-1),
    name="embedded",
)

into_heads = constant("into_heads", [0, 0, HEADS, HEAD_WIDTH], np.int64)
out_of_heads = constant("out_of_heads", [0, 0, WIDTH], np.int64)
scale = constant("scale", HEAD_WIDTH**-0.5)
for layer in range(LAYERS):
    name = f"layer{layer}"
    qkv = linear(normalized(x, f"{name}.norm1"), f"{name}.qkv", WIDTH, 3 * WIDTH)
    parts = add("Split", qkv, name=f"{name}.parts", outputs=3, axis=-1)
    heads = [
        add("Transpose", add("Reshape", part, into_heads, name=f"{part}.split"), name=f"{part}.heads", perm=[0, 2, 1, 3])
        for part in parts
    ]
    key, value = [
        add("Concat", f"past_key_values.{layer}.{what}", part, name=f"present.{layer}.{what}", axis=2)
        for what, part in zip(("key", "value"), heads[1:])
    ]
    turned = add("Transpose", key, name=f"{name}.turned", perm=[0, 1, 3, 2])
    scores = add("Mul", add("MatMul", heads[0], turned, name=f"{name}.products"), scale, name=f"{name}.scores")
    shares = add("Softmax", add("Add", scores, unseen, name=f"{name}.hidden"), name=f"{name}.shares", axis=-1)
    taken = add("MatMul", shares, value, name=f"{name}.taken")
    joined = add("Transpose", taken, name=f"{name}.joined", perm=[0, 2, 1, 3])
    attended = linear(add("Reshape", joined, out_of_heads, name=f"{name}.flat"), f"{name}.attended", WIDTH, WIDTH)
    x = add("Add", x, attended, name=f"{name}.sum1")
    wide = linear(normalized(x, f"{name}.norm2"), f"{name}.wide", WIDTH, 4 * WIDTH)
    narrow = linear(add("Relu", wide, name=f"{name}.relu"), f"{name}.narrow", 4 * WIDTH, WIDTH)
    x = add("Add", x, narrow, name=f"{name}.sum2")

ends = np.zeros(VOCABULARY)
ends[[ETX, ETB]] = 0.7
linear(normalized(x, "norm"), "logits", WIDTH, VOCABULARY, ends)


def tensor(name, *shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def cache(prefix, length):
    shape = ("batch_size", HEADS, length, HEAD_WIDTH)
    return [tensor(f"{prefix}.{layer}.{what}", *shape) for layer in range(LAYERS) for what in ("key", "value")]


graph = helper.make_graph(
    nodes,
    "byte-level causal model",
    [
        tensor("input_ids", "batch_size", "sequence_length", dtype=TensorProto.INT64),
        tensor("attention_mask", "batch_size", "total_sequence_length", dtype=TensorProto.INT64),
        tensor("position_ids", "batch_size", "sequence_length", dtype=TensorProto.INT64),
        *cache("past_key_values", "past_sequence_length"),
    ],
    [tensor("logits", "batch_size", "sequence_length", VOCABULARY), *cache("present", "total_sequence_length")],
    initializers,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model, full_check=True)
(FOLDER / "onnx").mkdir(exist_ok=True)
onnx.save(model, FOLDER / "onnx" / "model.onnx")

ids = {"bos_token_id": STX, "eos_token_id": ETX, "pad_token_id": NUL}
config = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "n_layer": LAYERS,
    "n_head": HEADS,
    "n_embd": WIDTH,
    "vocab_size": VOCABULARY,
    **ids,
}
for name, content in (("config", config), ("generation_config", {**ids, "top_k": 0})):
    (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")
