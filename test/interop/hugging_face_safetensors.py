"""Reads and writes safetensors files with Hugging Face's library, and prints what it finds as JSON.

    python hugging_face_safetensors.py read FILE
    python hugging_face_safetensors.py write FILE
    python hugging_face_safetensors.py judge FILE …     whether it takes each of them
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
from safetensors import deserialize, safe_open
from safetensors.numpy import save_file


def read(path):
    with safe_open(path, framework="np") as opened:
        metadata = opened.metadata()
    tensors = {
        name: {"dtype": tensor["dtype"], "shape": tensor["shape"], "sha256": sha256(tensor["data"]).hexdigest()}
        for name, tensor in deserialize(Path(path).read_bytes())
    }
    return {"metadata": metadata, "tensors": tensors}


def write(path):
    random = np.random.default_rng(6)
    kinds = "bool uint8 int8 int16 uint16 float16 int32 uint32 float32 complex64 float64 int64 uint64".split()
    tensors = {}
    for kind in kinds:
        for shape in ((), (0,), (5,), (2, 3)):
            numbers = random.integers(0, 2 if kind == "bool" else 100, shape)
            tensors[f"{kind} {list(shape)} é"] = np.asarray(numbers, dtype=kind)
    save_file(tensors, path, metadata={"format": "np\n\u2028\x01\"\\"})
    return read(path)


def judge(*paths):
    taken = []
    for path in paths:
        try:
            deserialize(Path(path).read_bytes())
            taken.append(True)
        except Exception:
            taken.append(False)
    return taken


if __name__ == "__main__":
    json.dump(globals()[sys.argv[1]](*sys.argv[2:]), sys.stdout)
