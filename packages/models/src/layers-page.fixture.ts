import { type LayerType, layerSchemas } from '@descent/contracts';

const sections: readonly { readonly title: string; readonly layers: Partial<Record<LayerType, string>> }[] = [
  {
    title: 'Dense layers and single values',
    layers: {
      dense: '`[…, features]` → `[…, units]`; kernel `[features, units]`',
      activation: 'same shape',
      softmax: 'same shape; sums to 1 along an axis',
      relu: 'same shape',
      leakyRelu: 'same shape',
      elu: 'same shape',
      prelu: 'same shape; alpha is trained and starts at 0',
      dropout:
        'same shape. In training a share `rate` of the elements becomes 0 and the others are scaled by 1/(1 − rate); otherwise nothing happens',
      spatialDropout: 'same shape; drops whole channels',
      rescaling: 'same shape, also of integers',
      normalization: 'same shape, also of integers; constants of the spec, nothing is learned',
    },
  },
  {
    title: 'Convolutions',
    layers: {
      conv1d: '`[length, channels]` → `[length′, filters]`; kernel `[filters, channels ÷ groups, size]`',
      conv2d:
        '`[height, width, channels]` → `[height′, width′, filters]`; kernel `[filters, channels ÷ groups, height, width]`',
      conv3d: '`[depth, height, width, channels]` → `[depth′, height′, width′, filters]`',
      depthwiseConv2d:
        '`[height, width, channels]` → `[height′, width′, channels · depthMultiplier]`; kernel `[channels · depthMultiplier, 1, height, width]`',
      separableConv2d:
        '`[height, width, channels]` → `[height′, width′, filters]`; a depthwise and a 1×1 convolution',
      conv1dTranspose: '`[length, channels]` → `[length′, filters]`; kernel `[channels, filters, size]`',
      conv2dTranspose: '`[height, width, channels]` → `[height′, width′, filters]`',
      conv3dTranspose: '`[depth, height, width, channels]` → `[depth′, height′, width′, filters]`',
    },
  },
  {
    title: 'Pooling',
    layers: {
      maxPool1d: '`[length, channels]` → `[length′, channels]`',
      maxPool2d: '`[height, width, channels]` → `[height′, width′, channels]`',
      maxPool3d: '`[depth, height, width, channels]` → `[depth′, height′, width′, channels]`',
      averagePool1d: 'as maxPool1d; padding does not count',
      averagePool2d: 'as maxPool2d; padding does not count',
      averagePool3d: 'as maxPool3d; padding does not count',
      globalMaxPool1d: '`[length, channels]` → `[channels]`',
      globalMaxPool2d: '`[height, width, channels]` → `[channels]`',
      globalMaxPool3d: '`[depth, height, width, channels]` → `[channels]`',
      globalAveragePool1d: '`[length, channels]` → `[channels]`',
      globalAveragePool2d: '`[height, width, channels]` → `[channels]`',
      globalAveragePool3d: '`[depth, height, width, channels]` → `[channels]`',
    },
  },
  {
    title: 'Shape',
    layers: {
      flatten: 'any → `[elements]`, in the order written: channels last',
      reshape: 'any → `shape`, of as many elements',
      permute: 'the same axes in another order',
      repeatVector: '`[features]` → `[times, features]`',
      upSampling1d: '`[length, channels]` → `[length · size, channels]`',
      upSampling2d: '`[height, width, channels]` → `[height · size, width · size, channels]`',
      upSampling3d: '`[depth, height, width, channels]` → each times size',
      zeroPadding1d: '`[length, channels]` → longer',
      zeroPadding2d: '`[height, width, channels]` → larger',
      zeroPadding3d: '`[depth, height, width, channels]` → larger',
      cropping1d: '`[length, channels]` → shorter',
      cropping2d: '`[height, width, channels]` → smaller',
      cropping3d: '`[depth, height, width, channels]` → smaller',
    },
  },
  {
    title: 'Joining',
    layers: {
      add: 'two or more of one shape → that shape',
      subtract: 'two of one shape: the first minus the second',
      multiply: 'two or more of one shape → that shape',
      average: 'two or more of one shape → that shape',
      maximum: 'two or more of one shape → that shape',
      minimum: 'two or more of one shape → that shape',
      concat: 'two or more that agree in all other axes',
      dot: '`[n]` and `[n]` → `[1]`; `[a, n]` and `[b, n]` → `[a, b]`',
    },
  },
  {
    title: 'Normalisation',
    layers: {
      batchNormalization:
        'same shape; per channel (last axis), over the samples and positions of a micro-batch in training, with the running averages `movingMean` and `movingVariance` otherwise',
      layerNormalization: 'same shape; along the last axis',
      groupNormalization: 'same shape; over the positions of each group of channels',
      rmsNormalization: 'same shape; divides by the root of the mean square along the last axis',
      unitNormalization: 'same shape; divides by the length along the last axis',
    },
  },
  {
    title: 'Sequences',
    layers: {
      embedding: '`int32` of any shape `[…]` → `[…, units]`; embeddings `[vocabulary, units]`',
      positionalEmbedding:
        '`[length, features]` → same shape; adds a trained vector, or sines, to each position',
      simpleRnn:
        '`[time, features]` → `[units]`, or `[time, units]`; kernel `[features, units]`, recurrentKernel `[units, units]`',
      gru: '`[time, features]` → `[units]`, or `[time, units]`; kernel `[features, 3 · units]`: update, reset, candidate',
      lstm: '`[time, features]` → `[units]`, or `[time, units]`; kernel `[features, 4 · units]`: input, forget, cell, output',
      multiHeadAttention:
        '`[queries, features]` → `[queries, outputUnits]`. One input attends to itself; two are query and value, three query, value, key. `query/kernel`, `key/kernel`, `value/kernel`, `output/kernel`',
      transformerBlock:
        '`[length, features]` → same shape: attention and two dense layers, each with a normalisation and added to its input',
    },
  },
  {
    title: 'Blocks',
    layers: {
      residual: 'what comes in plus what `layers` make of it',
      repeat:
        '`layers`, `times` times one after the other. The copies of `block` are `block_1`, `block_2`, …',
      call: 'the layers of a function of the model',
    },
  },
];

interface FieldSchema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly FieldSchema[];
  readonly default?: unknown;
}

/** docs/layers.md: every layer with its fields, read off the schemas that check them. */
export function renderLayersPage(): string {
  const parts = sections.map(({ title, layers }) => {
    const entries = Object.entries(layers).map(([type, meaning]) => entryOf(type as LayerType, meaning));
    return [`## ${title}`, ...entries].join('\n\n');
  });
  const head = [
    '# Layers',
    'Generated from the schemas by `node --import tsx --conditions descent-source scripts/layers-doc.mjs`. Shapes are those of one sample; a field with † must be given.',
    'Every layer may have `name` and `inputs`; [model-spec.md](model-spec.md) says how they are wired. Activations: ' +
      `${choices(layerSchemas.activation.properties.activation as FieldSchema)}.`,
  ];
  return `${[...head, ...parts].join('\n\n')}\n`;
}

/** Types that the page has; the compiler cannot hold a partition to be total. */
export const layersOnPage: readonly string[] = sections.flatMap(({ layers }) => Object.keys(layers));

function entryOf(type: LayerType, meaning: string): string {
  const { properties, required = [] } = layerSchemas[type] as {
    readonly properties: Readonly<Record<string, FieldSchema>>;
    readonly required?: readonly string[];
  };
  const fields = Object.entries(properties).filter(([name]) => !['type', 'name', 'inputs'].includes(name));
  const lines = fields.map(([name, schema]) => {
    const mark = required.includes(name) ? '†' : '';
    return `- \`${name}\`${mark}: ${wordsOf(schema)}`;
  });
  return [`**\`${type}\`**: ${meaning}`, ...(lines.length === 0 ? [] : [lines.join('\n')])].join('\n\n');
}

function wordsOf(schema: FieldSchema): string {
  const parts = [
    schema.description ?? schema.type ?? 'see above',
    ...(schema.enum !== undefined && schema.enum.length < 6 ? [choices(schema)] : []),
    ...(schema.default === undefined ? [] : [`default \`${schema.default}\``]),
  ];
  return parts.join('; ');
}

function choices({ enum: values = [] }: FieldSchema): string {
  return values.map((value) => `\`${value}\``).join(', ');
}
