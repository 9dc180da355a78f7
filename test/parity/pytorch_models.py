"""Exports small PyTorch models to ONNX, with one batch, its loss and the gradients of all parameters.

usage: pytorch_models.py FOLDER

Writes FOLDER/NAME/model.onnx and FOLDER/NAME/case.npz with the arrays input, labels, loss (summed over the samples),
output, parameter/NAME and gradient/NAME. Gradients are those of PyTorch in double precision.
"""

import math
import os
import sys
import warnings

import numpy
import torch
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 3))

    def forward(self, x):
        return self.layers(x.view(x.size(0), -1))


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 6, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, stride=2, groups=2)
        self.norm2 = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(2)
        self.out = nn.Linear(8, 4)

    def forward(self, x):
        x = self.pool(functional.relu(self.norm1(self.conv1(x))))
        x = functional.leaky_relu(self.norm2(self.conv2(x)), 0.1)
        return self.out(functional.adaptive_avg_pool2d(x, 1).flatten(1))


class LstmClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 5)
        self.lstm = nn.LSTM(5, 7, num_layers=2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(14, 3)

    def forward(self, tokens):
        states, _ = self.lstm(self.embed(tokens))
        return self.out(states[:, -1])


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        scores = query @ key.transpose(-2, -1) / math.sqrt(width // self.heads)
        mask = torch.triu(torch.full((length, length), float("-inf"), dtype=x.dtype), diagonal=1)
        mixed = torch.softmax(scores + mask, dim=-1) @ value
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(13, 8)
        self.positions = nn.Parameter(torch.randn(6, 8) * 0.1)
        self.blocks = nn.ModuleList([Block(8, 2), Block(8, 2)])
        self.norm = nn.LayerNorm(8)
        self.out = nn.Linear(8, 5)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions[: tokens.size(1)]
        for block in self.blocks:
            x = block(x)
        return self.out(self.norm(x).mean(dim=1))


def encoder_layer():
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, dropout=0.0, batch_first=True)
    return nn.Sequential(nn.Embedding(13, 8), nn.TransformerEncoder(layer, 2), nn.Flatten(), nn.Linear(48, 5))


floats = lambda *shape: torch.randn(shape, dtype=torch.float64)
tokens = lambda high, *shape: torch.randint(0, high, shape)

# name, model, input, classes, options of the export, whether the model trains (batch norm, dropout)
training = dict(training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)
keep = dict(do_constant_folding=False)
cases = [
    ("mlp", Mlp, lambda: floats(4, 2, 3), 3, {}, False),
    ("mlp-fixed-batch", Mlp, lambda: floats(4, 2, 3), 3, dict(dynamic_axes=None), False),
    ("mlp-opset-11", Mlp, lambda: floats(4, 2, 3), 3, dict(opset_version=11), False),
    ("cnn-training", Cnn, lambda: floats(4, 2, 9, 9), 4, training, True),
    ("cnn-inference", Cnn, lambda: floats(4, 2, 9, 9), 4, {}, False),
    ("lstm", LstmClassifier, lambda: tokens(11, 4, 5), 3, keep, False),
    ("lstm-folded", LstmClassifier, lambda: tokens(11, 4, 5), 3, {}, False),
    ("lstm-fixed-batch", LstmClassifier, lambda: tokens(11, 4, 5), 3, dict(dynamic_axes=None, **keep), False),
    ("transformer", Transformer, lambda: tokens(13, 4, 6), 5, keep, False),
    ("transformer-folded", Transformer, lambda: tokens(13, 4, 6), 5, {}, False),
    ("transformer-opset-17", Transformer, lambda: tokens(13, 4, 6), 5, dict(opset_version=17, **keep), False),
    ("encoder-training", encoder_layer, lambda: tokens(13, 4, 6), 5, training, True),
]


def write(folder, name, build, make, classes, options, trains):
    torch.manual_seed(7)
    model = build().train(trains)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    # The export shares initialisers of equal values, such as the ones of two fresh LayerNorms.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    inputs = make()
    labels = torch.randint(0, classes, (inputs.shape[0],))
    os.makedirs(os.path.join(folder, name))
    settings = dict(
        input_names=["x"],
        output_names=["logits"],
        opset_version=14,
        dynamic_axes={"x": {0: "batch"}},
    )
    settings.update(options)
    single = inputs.float() if inputs.is_floating_point() else inputs
    # The export in training mode moves the running averages.
    state = {key: value.clone() for key, value in model.state_dict().items()}
    torch.onnx.export(model, single, os.path.join(folder, name, "model.onnx"), **settings)
    model.load_state_dict(state)

    model = model.double().train(trains)
    output = model(inputs)
    loss = functional.cross_entropy(output, labels, reduction="sum")
    loss.backward()
    arrays = {"input": inputs.numpy(), "labels": labels.numpy(), "loss": loss.detach().numpy()}
    arrays["output"] = output.detach().numpy()
    for key, parameter in model.named_parameters():
        arrays[f"parameter/{key}"] = parameter.detach().numpy()
        arrays[f"gradient/{key}"] = parameter.grad.numpy()
    numpy.savez(os.path.join(folder, name, "case.npz"), **arrays)


for case in cases:
    write(sys.argv[1], *case)
