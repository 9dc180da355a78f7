"""The peer of the benchmarks: PyTorch, alone or as one rank of DistributedDataParallel over gloo.

usage: peer_ddp.py WORKLOAD DATA.npz BATCH_SIZE OPTIMIZER_JSON RANK RANKS RENDEZVOUS_FILE [channels_last]

Same models, global batch and optimizer as scripts/bench/workloads.mjs, one thread per rank (OMP_NUM_THREADS), data in
memory as float32. Says {"parameters": n, "versions": {...}} once it is ready; each line {"steps": n} on stdin trains that
many further steps and is answered with {"seconds": s}, from one barrier to the next.
"""

import json
import math
import os
import sys
import time
import warnings

import numpy
import torch
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")


def mlp(*widths):
    layers = [nn.Flatten()]
    for before, after in zip(widths[:-2], widths[1:-1]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(*widths[-2:]))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    )


class Block(nn.Module):
    def __init__(self, width, heads, length):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.hidden, self.output = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        mask = torch.triu(torch.full((length, length), float("-inf")), diagonal=1)
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        batch, length, width = x.shape
        size = width // self.heads
        query, key, value = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        scores = torch.softmax(query @ key.transpose(-2, -1) * (1 / math.sqrt(size)) + self.mask, dim=-1)
        x = x + self.out((scores @ value).transpose(1, 2).reshape(batch, length, width))
        return x + self.output(functional.gelu(self.hidden(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, layers=4, width=128, heads=4, length=64, vocabulary=256):
        super().__init__()
        self.symbols = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks = nn.Sequential(*(Block(width, heads, length) for _ in range(layers)))
        self.norm, self.logits = nn.LayerNorm(width), nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.logits(self.norm(self.blocks(self.symbols(tokens) + self.positions)))


models = {
    "mlp": lambda: mlp(784, 512, 256, 10),
    "wide": lambda: mlp(784, 2816, 2752, 10),
    "cnn": cnn,
    "transformer": Transformer,
}


def load(workload, path):
    arrays = numpy.load(path)
    if workload == "transformer":
        return torch.from_numpy(arrays["text"]).long(), torch.from_numpy(arrays["next"]).long()
    images = torch.from_numpy(arrays["image"]).permute(0, 3, 1, 2).contiguous().float() / 255
    return images, torch.from_numpy(arrays["label"]).long()


def main(workload, path, batch_size, settings, rank, ranks, rendezvous, layout="contiguous_format"):
    threads = int(os.environ["OMP_NUM_THREADS"])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    inputs, labels = load(workload, path)
    model = models[workload]()
    if layout == "channels_last":
        model, inputs = (value.to(memory_format=torch.channels_last) for value in (model, inputs))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if ranks > 1:
        torch.distributed.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=ranks)
        model = nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True, static_graph=True)
    if settings["type"] == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), settings["learningRate"], settings["momentum"], foreach=True)
    else:
        optimizer = torch.optim.AdamW(model.parameters(), settings["learningRate"], foreach=True)
    share = batch_size // ranks
    order, position = torch.randperm(len(labels)), 0

    def step():
        nonlocal position
        indices = order[position + rank * share : position + (rank + 1) * share]
        position = (position + batch_size) % (len(labels) - batch_size + 1)
        optimizer.zero_grad(set_to_none=ranks == 1)
        logits = model(inputs.index_select(0, indices))
        target = labels.index_select(0, indices)
        functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), target.reshape(-1)).backward()
        optimizer.step()

    def barrier():
        if ranks > 1:
            torch.distributed.barrier()

    print(json.dumps({"parameters": parameters, "versions": {"torch": torch.__version__}}), flush=True)
    for line in sys.stdin:
        barrier()
        started = time.perf_counter()
        for _ in range(json.loads(line)["steps"]):
            step()
        barrier()
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


workload, path, batch_size, settings, rank, ranks, *others = sys.argv[1:]
main(workload, path, int(batch_size), json.loads(settings), int(rank), int(ranks), *others)
