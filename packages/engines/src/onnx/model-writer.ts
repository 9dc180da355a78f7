import { attributeTypes, encodeMessage, type MessageDraft, tensorProto } from '@descent/onnx-format';
import { bytesOf, elementCount, type Tensor, tensor } from '@descent/tensors';
import { type EngineDtype, elementTypes } from './element-types.ts';

/** Name of a value in the ONNX model. The empty string is an absent optional input. */
export type OnnxValue = string;

/** A number is ONNX's INT; `real` makes a FLOAT of it. */
export type OnnxAttribute = number | string | readonly number[] | { readonly real: number };

type NodeDraft = MessageDraft<'NodeProto'> & {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly OnnxValue[];
  readonly output: readonly OnnxValue[];
};
type ValueInfo = MessageDraft<'ValueInfoProto'> & { readonly name: string };

export const real = (value: number): OnnxAttribute => ({ real: value });

/** Of onnxruntime's own operators: fused kernels, and those that compute on channel blocks. */
export type OnnxruntimeDomain = 'com.microsoft' | 'com.microsoft.nchwc';

/** Opset 17 for the standard operators; version 1 of onnxruntime's own. */
const opsets = [
  { domain: '', version: 17 },
  { domain: 'com.microsoft', version: 1 },
  { domain: 'com.microsoft.nchwc', version: 1 },
];

/** How a value came about. */
export interface Production {
  readonly opType: string;
  readonly inputs: readonly OnnxValue[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface WrittenNode {
  readonly opType: string;
  /** Number of outputs. */
  readonly outputs: number;
  /** An integer attribute, 0 where it is absent. */
  integer(attribute: string): number;
  /** A list attribute; empty where it is absent. */
  integers(attribute: string): readonly number[];
  /** Elements of an input that is a small int64 constant. */
  constant(input: number): readonly number[];
}

/** Grows an ONNX model. Equal nodes and equal constants are written once, so lowerings need not share by hand. */
export class ModelWriter {
  readonly #nodes: NodeDraft[] = [];
  readonly #initializers: MessageDraft<'TensorProto'>[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: { readonly info: ValueInfo; readonly value: OnnxValue }[] = [];
  readonly #written = new Map<string, readonly OnnxValue[]>();
  readonly #integers = new Map<OnnxValue, readonly number[]>();
  readonly #productions = new Map<OnnxValue, Production>();
  #scope = '';
  #values = 0;

  /** Nodes added from here on are named after the node they lower, so onnxruntime's messages name that one. */
  within(scope: string): void {
    this.#scope = scope;
  }

  input(name: string, dtype: EngineDtype, shape: readonly number[]): void {
    this.#inputs.push(valueInfo(name, dtype, shape));
  }

  output(name: string, dtype: EngineDtype, shape: readonly number[], value: OnnxValue): void {
    this.#outputs.push({ info: valueInfo(name, dtype, shape), value });
  }

  /** An output that is a sequence holding one tensor. */
  sequenceOutput(name: string, dtype: EngineDtype, shape: readonly number[], value: OnnxValue): void {
    const elemType = tensorType(dtype, shape);
    this.#outputs.push({
      info: { name, type: { sequenceType: { elemType } } },
      value: this.op('SequenceConstruct', [value]),
    });
  }

  /** Adds a node of one output. */
  op(type: string, inputs: readonly OnnxValue[], attributes: Record<string, OnnxAttribute> = {}): OnnxValue {
    return this.many(type, inputs, attributes, 1)[0]!;
  }

  /** Adds a node with onnxruntime's own operator of that name. */
  fused(
    type: string,
    inputs: readonly OnnxValue[],
    attributes: Record<string, OnnxAttribute> = {},
  ): OnnxValue {
    return this.many(type, inputs, attributes, 1, 'com.microsoft')[0]!;
  }

  many(
    type: string,
    inputs: readonly OnnxValue[],
    attributes: Record<string, OnnxAttribute>,
    outputs: number,
    domain: OnnxruntimeDomain | '' = '',
  ): readonly OnnxValue[] {
    const key = JSON.stringify([domain, type, inputs, attributes, outputs]);
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const output = Array.from({ length: outputs }, () => this.#fresh());
    this.#nodes.push({
      name: `${this.#scope}#${this.#nodes.length}`,
      opType: type,
      domain,
      input: inputs,
      output,
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    this.#written.set(key, output);
    for (const value of output) this.#productions.set(value, { opType: type, inputs, attributes });
    return output;
  }

  /** The node that computes a value; undefined for inputs and constants. */
  production(value: OnnxValue): Production | undefined {
    return this.#productions.get(value);
  }

  /** Names of the nodes written so far for which it holds. */
  nodesWhere(holds: (node: WrittenNode) => boolean): readonly string[] {
    return this.#nodes
      .filter(({ opType, input, output, attribute = [] }) => {
        const attributeOf = (name: string) => attribute.find((one) => one.name === name);
        return holds({
          opType,
          outputs: output.length,
          integer: (name) => Number(attributeOf(name)?.i ?? 0),
          integers: (name) => (attributeOf(name)?.ints ?? []).map(Number),
          constant: (index) => this.#integers.get(input[index] ?? '') ?? [],
        });
      })
      .map(({ name }) => name);
  }

  constant(value: Tensor<EngineDtype>): OnnxValue {
    const { dtype, shape, data } = value;
    const bytes = bytesOf(data);
    const key = bytes.length > 256 ? undefined : `${dtype} ${shape.join()} ${bytes.join()}`;
    const known = key === undefined ? undefined : this.#written.get(key);
    if (known !== undefined) return known[0]!;
    const name = this.#fresh();
    this.#initializers.push(tensorProto(name, value));
    if (key !== undefined && dtype === 'int64') this.#integers.set(name, Array.from(data, Number));
    if (key !== undefined) this.#written.set(key, [name]);
    return name;
  }

  /** float32, one value in every element. */
  filled(value: number, shape: readonly number[] = []): OnnxValue {
    return this.constant(tensor('float32', shape, new Float32Array(elementCount(shape)).fill(value)));
  }

  /** int64 vector: axes, shapes, offsets. */
  integers(values: readonly number[]): OnnxValue {
    return this.constant(tensor('int64', [values.length], BigInt64Array.from(values, BigInt)));
  }

  /** Nodes whose results nothing reads are left out. */
  encode(): Uint8Array {
    this.#dropUnread();
    const renamed = this.#nameOutputs();
    const rename = (value: OnnxValue) => renamed.get(value) ?? value;
    return encodeMessage('ModelProto', {
      irVersion: 8,
      producerName: 'descent',
      opsetImport: opsets,
      graph: {
        name: 'step',
        node: this.#inOrderOfRunning().map((node) => ({
          ...node,
          input: node.input.map(rename),
          output: node.output.map(rename),
        })),
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs.map(({ info }) => info),
      },
    });
  }

  /**
   * Note: the order of running. onnxruntime takes the nodes that nobody reads from the last to the first, and before each
   * all that it still needs. Gradients of the last layers, which are ready first, would come last of all, each to read two
   * values that have left the caches long ago. So nodes that nobody reads are written at the end and the other way round.
   */
  #inOrderOfRunning(): readonly NodeDraft[] {
    const read = new Set(this.#nodes.flatMap(({ input }) => input));
    const isRead = ({ output }: NodeDraft) => output.some((value) => read.has(value));
    const ends = this.#nodes.filter((node) => !isRead(node));
    return [...this.#nodes.filter(isRead), ...ends.toReversed()];
  }

  #dropUnread(): void {
    const read = new Set(this.#outputs.map(({ value }) => value));
    const kept = this.#nodes.toReversed().filter(({ input, output }) => {
      if (!output.some((value) => read.has(value))) return false;
      for (const value of input) read.add(value);
      return true;
    });
    this.#nodes.splice(0, this.#nodes.length, ...kept.toReversed());
  }

  /**
   * A node writes straight into the output that shows its value. A value that no node writes (an input, a constant),
   * or that has an output already, is copied by an Identity.
   */
  #nameOutputs(): Map<OnnxValue, string> {
    const produced = new Set(this.#nodes.flatMap(({ output }) => output));
    const renamed = new Map<OnnxValue, string>();
    for (const { info, value } of this.#outputs) {
      if (produced.has(value) && !renamed.has(value)) renamed.set(value, info.name);
      else {
        this.#nodes.push({
          name: `copy ${info.name}`,
          opType: 'Identity',
          domain: '',
          input: [value],
          output: [info.name],
          attribute: [],
        });
      }
    }
    return renamed;
  }

  #fresh(): OnnxValue {
    this.#values += 1;
    return `v${this.#values}`;
  }
}

function valueInfo(name: string, dtype: EngineDtype, shape: readonly number[]): ValueInfo {
  return { name, type: tensorType(dtype, shape) };
}

function tensorType(dtype: EngineDtype, shape: readonly number[]): MessageDraft<'TypeProto'> {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { tensorType: { elemType: elementTypes[dtype], shape: { dim } } };
}

function attributeProto(name: string, value: OnnxAttribute): MessageDraft<'AttributeProto'> {
  if (typeof value === 'number') return { name, type: attributeTypes.int, i: value };
  if (typeof value === 'string') {
    return { name, type: attributeTypes.string, s: new TextEncoder().encode(value) };
  }
  if ('real' in value) return { name, type: attributeTypes.float, f: value.real };
  return { name, type: attributeTypes.ints, ints: value };
}
