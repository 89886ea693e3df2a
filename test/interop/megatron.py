"""Reads a dataset with Megatron's own reader, and prints what it finds as JSON.

    python megatron.py DIR

The reader is the file `megatron/core/datasets/indexed_dataset.py` of the package megatron-core, as installed. It imports
torch and the whole of megatron.core, but reading uses only three of their names: torch.utils.data.Dataset as a base
class, torch.Tensor in annotations, log_single_rank for its log. These are put in their place here, so that
several GB of torch and CUDA need not be installed; all that reads is Megatron's, and numpy's.

Each file is opened twice: memory-mapped, and through a file pointer.
"""

import importlib.metadata
import json
import sys
import types
from hashlib import sha256
from pathlib import Path


def main(folder):
    reader = megatron_reader()
    shards = []
    for idx in sorted(Path(folder).glob("*.idx")):
        prefix = str(idx.with_suffix(""))
        mapped = reader.IndexedDataset(prefix, mmap=True)
        read = reader.IndexedDataset(prefix, mmap=False)
        documents = [mapped[i] for i in range(len(mapped))]
        for i, document in enumerate(documents):
            assert document.tobytes() == read[i].tobytes(), f"{prefix}: document {i} differs when read from the file"
            assert document.tobytes() == mapped.get(i).tobytes(), f"{prefix}: document {i} differs when got by get()"
        shards.append(
            {
                "name": idx.stem,
                "dtype": mapped.index.dtype.__name__,
                "lengths": mapped.sequence_lengths.tolist(),
                "documentIndices": mapped.document_indices.tolist(),
                "sha256": [sha256(document.tobytes()).hexdigest() for document in documents],
            }
        )
    json.dump(shards, sys.stdout)


def megatron_reader():
    """The module indexed_dataset, loaded from its file without running the packages around it."""
    distribution = importlib.metadata.distribution("megatron-core")
    core = Path(distribution.locate_file("megatron/core"))
    dataset = type("Dataset", (), {})
    module("torch", Tensor=type("Tensor", (), {}))
    module("torch.utils")
    module("torch.utils.data", Dataset=dataset)
    sys.modules["torch"].utils = sys.modules["torch.utils"]
    sys.modules["torch.utils"].data = sys.modules["torch.utils.data"]
    # Packages whose __init__ does not run; their modules are found in the installed folders.
    module("megatron", __path__=[str(core.parent)])
    module("megatron.core", __path__=[str(core)])
    module("megatron.core.datasets", __path__=[str(core / "datasets")])
    module("megatron.core.utils", log_single_rank=lambda logger, *args, rank=0, **kwargs: logger.log(*args, **kwargs))
    return importlib.import_module("megatron.core.datasets.indexed_dataset")


def module(name, **names):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(names)


if __name__ == "__main__":
    main(sys.argv[1])
