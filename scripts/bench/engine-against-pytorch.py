"""PyTorch's side of engine-against-pytorch.mjs: reads `case batch steps optimizer` a line, answers `seconds processor-seconds`.

The models are those of the other side: same layers, shapes and loss, one thread, float32, default memory layout.
Speed does not depend on the values, so the samples are random and the initial parameters PyTorch's own.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.manual_seed(0)


def mlp(*widths):
    layers = []
    for inputs, units in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


class Block(nn.Module):
    """Pre-norm block with causal self-attention (GPT-2), one product for query, key and value."""

    def __init__(self, width, heads, length):
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_dense = nn.LayerNorm(width), nn.LayerNorm(width)
        self.projections, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.hidden, self.reduced = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.register_buffer("later", torch.triu(torch.full((length, length), float("-inf")), 1))

    def attend(self, x):
        batch, length, width = x.shape
        parts = self.projections(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-2, -1) * (width // self.heads) ** -0.5 + self.later
        mixed = scores.softmax(-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(batch, length, width))

    def forward(self, x):
        x = x + self.attend(self.before_attention(x))
        return x + self.reduced(F.gelu(self.hidden(self.before_dense(x))))


class Transformer(nn.Module):
    def __init__(self, symbols=256, length=64, width=128, heads=4, depth=4):
        super().__init__()
        self.symbols = nn.Embedding(symbols, width)
        self.positions = nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks = nn.Sequential(*(Block(width, heads, length) for _ in range(depth)))
        self.final, self.logits = nn.LayerNorm(width), nn.Linear(width, symbols)

    def forward(self, text):
        return self.logits(self.final(self.blocks(self.symbols(text) + self.positions))).flatten(0, 1)


images = lambda *shape: lambda batch: (torch.rand(batch, *shape), torch.randint(10, (batch,)))  # noqa: E731
text = lambda batch: (torch.randint(256, (batch, 64)), torch.randint(256, (batch * 64,)))  # noqa: E731
cases = {
    "mlp": (lambda: mlp(784, 512, 256, 10), images(784)),
    "wide": (lambda: mlp(784, 2688, 2688, 256, 10), images(784)),
    "cnn": (cnn, images(1, 28, 28)),
    "transformer": (Transformer, text),
}


prepared = {}
for line in sys.stdin:
    name, batch, steps, updates = line.split()
    if (name, batch) not in prepared:
        build, draw = cases[name]
        model = build()
        prepared[name, batch] = model, draw(int(batch)), torch.optim.SGD(model.parameters(), 0.001, momentum=0.9)
    model, (inputs, labels), optimizer = prepared[name, batch]
    start, used = time.perf_counter(), time.process_time()
    for _ in range(int(steps)):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(inputs), labels, reduction="sum").backward()
        if updates == "1":
            optimizer.step()
    print(time.perf_counter() - start, time.process_time() - used, flush=True)
