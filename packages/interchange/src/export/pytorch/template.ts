import { bytesOf, type Tensor } from '@descent/tensors';
import { pythonFloat, pythonText, pythonTuple } from './python.ts';
import { numbersOf } from './statement.ts';

export interface PythonFile {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly key: string; readonly text: string }[];
  readonly prediction: string;
  readonly parameters: readonly {
    readonly attribute: string;
    /** In the safetensors file. */
    readonly key: string;
    readonly shape: readonly number[];
    readonly kind: 'trained' | 'frozen' | 'state';
  }[];
  readonly constants: readonly string[];
  /** The number of samples as an expression, where the body needs it. */
  readonly batch: string | undefined;
  readonly body: readonly string[];
  readonly result: string;
  /** After the prediction. */
  readonly probabilities: readonly string[];
  readonly probability: string | undefined;
}

export function fileText(file: PythonFile): string {
  const names = file.inputs.map(({ name }) => name);
  const describe = file.inputs.map(({ name, key, text }) => {
    return `        ${name}: ${text}${name === key ? '' : ` (${comment(key)})`}`;
  });
  return `${[
    `"""${comment(file.name)}, exported by Descent.`,
    '',
    '    model = load("weights.safetensors")',
    `    prediction = model(${names.join(', ')})`,
    '',
    'Needs PyTorch 1.13 or later and nothing else. Images are channels-last, as in the model spec.',
    '"""',
    ...(file.constants.some((line) => line.includes('base64')) ? ['import base64'] : []),
    'import json',
    'import struct',
    '',
    'import torch',
    'import torch.nn.functional as F',
    'from torch import nn',
    '',
    '# Tensor of the safetensors file -> attribute of the model.',
    'NAMES = {',
    ...file.parameters.map(({ key, attribute }) => `    ${pythonText(key)}: ${pythonText(attribute)},`),
    '}',
    '',
    '',
    'class Model(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...file.parameters.map(definition),
    ...file.constants.map((line) => `        ${line}`),
    '',
    `    def forward(${['self', ...names].join(', ')}):`,
    '        """The prediction for a batch of samples.',
    '',
    ...describe,
    `        returns: ${file.prediction}`,
    '        """',
    ...(file.batch === undefined ? [] : [`        batch = ${file.batch}`]),
    ...file.body.map((line) => `        ${line}`),
    `        return ${file.result}`,
    ...probabilityMethod(file, names),
    ...loader,
  ].join('\n')}\n`;
}

function definition({ attribute, shape, kind }: PythonFile['parameters'][number]): string {
  const empty = `torch.empty(${pythonTuple(shape)})`;
  switch (kind) {
    case 'trained':
      return `        self.${attribute} = nn.Parameter(${empty})`;
    case 'frozen':
      return `        self.${attribute} = nn.Parameter(${empty}, requires_grad=False)`;
    case 'state':
      return `        self.register_buffer("${attribute}", ${empty})`;
    default:
      return kind satisfies never;
  }
}

function probabilityMethod(
  { probabilities, probability }: PythonFile,
  inputs: readonly string[],
): readonly string[] {
  if (probability === undefined) return [];
  return [
    '',
    `    def probabilities(${['self', ...inputs].join(', ')}):`,
    `        prediction = self(${inputs.join(', ')})`,
    ...probabilities.filter((line) => !line.startsWith('#')).map((line) => `        ${line}`),
    `        return ${probability}`,
  ];
}

const torchTypes = {
  float32: 'torch.float32',
  float64: 'torch.float64',
  int32: 'torch.int32',
  int64: 'torch.int64',
  uint8: 'torch.uint8',
  bool: 'torch.bool',
} as const;

/** Written out where it is short, else as base64 of its little-endian bytes. */
export function constantDefinition(attribute: string, tensor: Tensor): string {
  const { dtype, shape, data } = tensor;
  const type = torchTypes[dtype];
  if (data.length > 64) {
    const bytes = `bytearray(base64.b64decode("${Buffer.from(bytesOf(data)).toString('base64')}"))`;
    return `self.register_buffer("${attribute}", torch.frombuffer(${bytes}, dtype=${type}).reshape(${pythonTuple(shape)}), persistent=False)`;
  }
  const isReal = dtype === 'float32' || dtype === 'float64';
  const list = numbersOf(tensor).map((value) => (isReal ? pythonFloat(value) : String(value)));
  return `self.register_buffer("${attribute}", torch.tensor([${list.join(', ')}], dtype=${type}).reshape(${pythonTuple(shape)}), persistent=False)`;
}

function comment(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|["\\]/g, '?');
}

const loader = `

DTYPES = {"F32": torch.float32, "F64": torch.float64, "I32": torch.int32, "I64": torch.int64, "U8": torch.uint8}


def read_safetensors(path):
    """Every tensor of a safetensors file by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if entry["dtype"] in DTYPES and end > begin:
            values = torch.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"])
    return tensors


def load(path):
    """The model with the weights of a job, or of one of its checkpoints."""
    tensors = read_safetensors(path)
    model = Model()
    with torch.no_grad():
        for name, attribute in NAMES.items():
            target = getattr(model, attribute)
            value = tensors.get(name, tensors.get("parameters/" + name))
            if value is None or value.shape != target.shape:
                raise ValueError(f"{path} has no tensor {name} of shape {tuple(target.shape)}")
            target.copy_(value)
    return model.eval()`.split('\n');
