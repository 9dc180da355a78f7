import type { Dim, Shape, ValueType } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import { dtypeOfOnnx, type GraphProto, onnxTypeName, type ValueInfoProto } from '@descent/onnx-format';

/** An input of the file that is no initialiser. */
export interface GraphInput {
  readonly name: string;
  readonly type: ValueType;
  /** Size of the first axis, where the file fixes it. */
  readonly traced: number | undefined;
}

/**
 * Inputs with their shapes. With `batched` the first axis is the batch, whether the file leaves it open or was traced
 * with some number.
 *
 * @param shapes of one sample, by input, for sizes that the file leaves open
 */
export function graphInputs(
  graph: GraphProto,
  options: {
    readonly batched: boolean;
    readonly shapes: Readonly<Record<string, readonly number[]>>;
    /** Inputs that need no type. */
    readonly without: ReadonlySet<string>;
  },
): readonly GraphInput[] {
  const { batched, shapes, without } = options;
  const initialised = new Set(graph.initializer.map(({ name }) => name));
  return graph.input
    .filter(({ name }) => !initialised.has(name) && !without.has(name ?? ''))
    .map((info) => {
      const name = info.name ?? '';
      const { elemType, dims } = typeOf(info);
      const dtype = dtypeOfOnnx(elemType);
      if (dtype === undefined) {
        throw new DescentError('ONNX_TYPE_UNSUPPORTED', {
          where: `input "${name}"`,
          type: onnxTypeName(elemType),
        });
      }
      if (!batched) return { name, traced: undefined, type: { dtype, shape: fixed(name, dims, 0) } };
      if (dims.length === 0) throw invalid(`input "${name}" is a scalar, so it has no batch axis`);
      const given = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      const sample = given ?? fixed(name, dims.slice(1), 1);
      const [first] = dims;
      return {
        name,
        traced: typeof first === 'number' ? first : undefined,
        type: { dtype, shape: ['batch' as Dim, ...sample] },
      };
    });
}

function typeOf(info: ValueInfoProto): { elemType: number | undefined; dims: readonly (number | string)[] } {
  const tensor = info.type?.tensorType;
  if (tensor === undefined) throw invalid(`input "${info.name}" is no tensor`);
  if (tensor.shape === undefined) throw invalid(`input "${info.name}" has no shape`);
  const dims = tensor.shape.dim.map(({ dimValue, dimParam }) =>
    typeof dimValue === 'number' && dimValue > 0 ? dimValue : (dimParam ?? '?'),
  );
  return { elemType: tensor.elemType, dims };
}

function fixed(name: string, dims: readonly (number | string)[], from: number): Shape {
  return dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    throw invalid(`axis ${axis + from} of input "${name}" has no fixed size ("${dim}")`);
  });
}

function invalid(problem: string): DescentError {
  return new DescentError('ONNX_GRAPH_INVALID', { problem });
}
