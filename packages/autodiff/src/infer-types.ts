import { DescentError } from '@descent/errors';
import type { Dtype, Tensor } from '@descent/tensors';
import type { Shape } from './dim.ts';
import type { AttributeValue, Node, ValueName, ValueType } from './graph.ts';
import type { AttributeKind, DtypeRule, InputRule, Operation } from './operation.ts';
import { operations } from './operations/index.ts';
import { wrongAttribute, wrongInputs } from './rules/refuse.ts';

const allowed: Record<DtypeRule, { readonly dtypes: readonly Dtype[]; readonly words: string }> = {
  float: { dtypes: ['float32'], words: 'float32' },
  index: { dtypes: ['int64', 'int32'], words: 'int64 or int32' },
  number: { dtypes: ['float32', 'int64', 'int32', 'uint8'], words: 'a number' },
  signed: { dtypes: ['float32', 'int64', 'int32'], words: 'a signed number' },
  bool: { dtypes: ['bool'], words: 'bool' },
  any: { dtypes: ['float32', 'float64', 'int64', 'int32', 'uint8', 'bool'], words: 'anything' },
};

const kinds: Record<AttributeKind, { readonly is: (value: unknown) => boolean; readonly words: string }> = {
  integer: { is: Number.isSafeInteger, words: 'an integer' },
  integers: {
    is: (value) => Array.isArray(value) && value.length <= 64 && value.every(Number.isSafeInteger),
    words: 'a list of integers',
  },
  real: { is: Number.isFinite, words: 'a finite number' },
  reals: {
    is: (value) => Array.isArray(value) && value.length <= 64 && value.every(Number.isFinite),
    words: 'a list of finite numbers',
  },
  text: { is: (value) => typeof value === 'string', words: 'a string' },
  texts: {
    is: (value) =>
      Array.isArray(value) && value.length <= 64 && value.every((each) => typeof each === 'string'),
    words: 'a list of strings',
  },
};

interface Surroundings {
  type(value: ValueName): ValueType;
  constant(value: ValueName): Tensor | undefined;
  shapeValue(value: ValueName): Shape | undefined;
  /** How many outputs the node takes. */
  readonly outputs: number;
}

/** Types of a node's outputs, after every check that is the same for all operations. */
export function inferTypes(node: Node, around: Surroundings): readonly ValueType[] {
  const operation = operationOf(node);
  const rules = inputRules(node, operation);
  checkAttributes(node, operation);
  const inputs = node.inputs.map((value) => (value === '' ? undefined : around.type(value)));
  inputs.forEach((type, index) => {
    checkInput(node, rules[index]!, type);
  });
  const types = operation.shape({
    node,
    inputs,
    outputs: around.outputs,
    constant: (index) => around.constant(node.inputs[index] ?? ''),
    shapeValue: (index) => around.shapeValue(node.inputs[index] ?? ''),
  });
  if (around.outputs < 1 || around.outputs > types.length) {
    throw wrongInputs(node, `has ${types.length} outputs, not ${around.outputs}`);
  }
  return types.slice(0, around.outputs);
}

function operationOf(node: Node): Operation {
  if (!Object.hasOwn(operations, node.op)) {
    const wanted = String(node.op).toLowerCase();
    const didYouMean = Object.keys(operations).find((op) => op.toLowerCase() === wanted) ?? null;
    throw new DescentError('GRAPH_OPERATION_UNKNOWN', { node: node.name, op: node.op, didYouMean });
  }
  return operations[node.op];
}

/** One rule per given input. */
function inputRules(node: Node, { inputs }: Operation): readonly InputRule[] {
  const last = inputs.at(-1);
  const most = last?.presence === 'variadic' ? 1024 : inputs.length;
  const least = inputs.filter((rule) => rule.presence !== 'optional').length;
  if (node.inputs.length < least || node.inputs.length > most) {
    const expected = most === least ? `${least}` : `${least} to ${most}`;
    const names = inputs.map((rule) => rule.name).join(', ');
    throw wrongInputs(node, `takes ${expected} inputs (${names}), not ${node.inputs.length}`);
  }
  return node.inputs.map((_, index) => inputs[index] ?? last!);
}

function checkInput(node: Node, rule: InputRule, type: ValueType | undefined): void {
  if (type === undefined) {
    if (rule.presence === 'optional') return;
    throw wrongInputs(node, `input ${rule.name} is missing`);
  }
  const { dtypes, words } = allowed[rule.dtypes];
  if (dtypes.includes(type.dtype)) return;
  throw new DescentError('GRAPH_DTYPE_MISMATCH', {
    node: node.name,
    op: node.op,
    input: rule.name,
    actual: type.dtype,
    expected: words,
  });
}

function checkAttributes(node: Node, { attributes: known }: Operation): void {
  for (const [name, value] of Object.entries<AttributeValue>(node.attributes)) {
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).join(', ');
      throw wrongAttribute(
        node,
        name,
        names === '' ? 'is unknown: it has none' : `is unknown: it has ${names}`,
      );
    }
    const kind = kinds[known[name]!];
    if (!kind.is(value)) throw wrongAttribute(node, name, `must be ${kind.words}`);
  }
}
