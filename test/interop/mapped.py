"""Reads a dataset with nothing but numpy, from the format's description, and prints what it finds as JSON.

    python mapped.py DIR

Index, little endian: 9 bytes MMIDIDX 00 00, u64 version, u8 dtype, u64 sequences, u64 documents + 1; then for each
sequence an i32 length, in tokens; for each an i64 offset, in bytes; the i64 document indices. It ends there. The tokens are
one array, without a header, in the .bin file, which is mapped and never read as a whole.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

DTYPES = {1: np.dtype("u1"), 8: np.dtype("<u2")}


def main(folder):
    json.dump([shard(idx) for idx in sorted(Path(folder).glob("*.idx"))], sys.stdout)


def shard(idx):
    header = np.dtype([("magic", "S9"), ("version", "<u8"), ("dtype", "u1"), ("sequences", "<u8"), ("documents", "<u8")])
    [(magic, version, code, sequences, documents)] = np.fromfile(idx, header, count=1)
    assert (magic, version) == (b"MMIDIDX", 1), (magic, version)
    dtype = DTYPES[int(code)]
    at = header.itemsize
    parts = []
    for kind, count in (("<i4", sequences), ("<i8", sequences), ("<i8", documents)):
        parts.append(np.fromfile(idx, kind, count=int(count), offset=at))
        at += parts[-1].nbytes
    assert at == idx.stat().st_size, "there is something behind the document indices"
    lengths, offsets, indices = parts

    size = idx.with_suffix(".bin").stat().st_size
    assert int(lengths.sum(dtype=np.int64)) * dtype.itemsize == size, "the lengths do not add up to the file"
    # numpy cannot map a file without a byte.
    tokens = np.memmap(idx.with_suffix(".bin"), dtype, mode="r") if size > 0 else np.empty(0, dtype)
    first = offsets // dtype.itemsize
    return {
        "name": idx.stem,
        "dtype": {"u1": "uint8", "u2": "uint16"}[dtype.str[1:]],
        "lengths": lengths.tolist(),
        "documentIndices": indices.tolist(),
        "sha256": [sha256(tokens[a : a + n].tobytes()).hexdigest() for a, n in zip(first, lengths)],
    }


if __name__ == "__main__":
    main(sys.argv[1])
