import type { GraphProto } from '@descent/onnx-format';
import { readTensor } from '@descent/onnx-format';
import type { Tensor } from '@descent/tensors';
import { settingInputs } from './operators/index.ts';
import { knownFromFile, type Value } from './value.ts';

/**
 * The initialisers of a graph. Float tensors with at least one axis are weights, unless only settings read them or they
 * hold values that are not finite (masks of −∞); numbers, integers and truth values are constants.
 */
export function readInitialisers(graph: GraphProto): ReadonlyMap<string, Value> {
  const settings = settingsOf(graph);
  return new Map(
    graph.initializer.map((proto) => {
      const name = proto.name ?? '';
      const value = readTensor(proto, `initializer "${name}"`);
      const weight =
        value.dtype === 'float32' && value.shape.length > 0 && !settings.has(name) && allFinite(value);
      return [name, weight ? { kind: 'weight', name, tensor: value } : knownFromFile(value)] as const;
    }),
  );
}

/** Names that are read as settings and as nothing else. */
function settingsOf(graph: GraphProto): ReadonlySet<string> {
  const settings = new Set<string>();
  const others = new Set<string>(graph.output.map(({ name }) => name ?? ''));
  const look = ({ node }: GraphProto) => {
    for (const { opType = '', input, attribute } of node) {
      const positions = Object.hasOwn(settingInputs, opType) ? settingInputs[opType]! : [];
      input.forEach((name, index) => {
        (positions.includes(index) ? settings : others).add(name);
      });
      for (const { g } of attribute) if (g !== undefined) look(g);
    }
  };
  look(graph);
  return new Set([...settings].filter((name) => !others.has(name)));
}

function allFinite({ data }: Tensor): boolean {
  return data instanceof Float32Array && data.every(Number.isFinite);
}
