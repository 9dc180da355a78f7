import { elementCount } from '@descent/tensors';
import { field, listField, textField } from './json.ts';
import { invalid } from './read-topology.ts';
import type { Floats } from './variables.ts';

/**
 * The tensors of a TensorFlow.js weights manifest, by name, as float32. Quantised ones are expanded. Lengths are
 * checked against what is there before anything is allocated.
 *
 * @param bytes the files of all groups, one after the other in the order of the manifest's `paths`
 * @throws DescentError KERAS_INVALID
 */
export function readWeights(file: unknown, bytes: Uint8Array): ReadonlyMap<string, Floats> {
  const entries = listField(file, 'weightsManifest').flatMap((group) => listField(group, 'weights'));
  if (entries.length === 0) throw invalid('it has no weights manifest (`weightsManifest`)');
  const weights = new Map<string, Floats>();
  let offset = 0;
  for (const entry of entries) {
    const name = textField(entry, 'name') ?? '';
    const shape = listField(entry, 'shape');
    if (!shape.every((dim): dim is number => Number.isSafeInteger(dim) && (dim as number) >= 0)) {
      throw invalid(`weight "${name}" has no shape`);
    }
    const stored = storedType(entry, name);
    const length = elementCount(shape) * stored.bytes;
    if (!(offset + length <= bytes.byteLength)) {
      throw invalid(`weight "${name}" would end at byte ${offset + length}; there are ${bytes.byteLength}`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
    const data = Float32Array.from({ length: elementCount(shape) }, (_, at) => stored.read(view, at));
    weights.set(name, { dtype: 'float32', shape, data });
    offset += length;
  }
  if (offset !== bytes.byteLength) {
    throw invalid(`the weights of the manifest take ${offset} bytes; there are ${bytes.byteLength}`);
  }
  return weights;
}

interface StoredType {
  readonly bytes: number;
  read(view: DataView, index: number): number;
}

function storedType(entry: unknown, name: string): StoredType {
  const quantization = field(entry, 'quantization');
  const type = textField(quantization, 'dtype') ?? textField(entry, 'dtype');
  const number = (key: string, missing: number) => {
    const given = field(quantization, key);
    return typeof given === 'number' && Number.isFinite(given) ? given : missing;
  };
  const [scale, min] = [number('scale', 1), number('min', 0)];
  switch (type) {
    case 'float32':
      return { bytes: 4, read: (view, index) => view.getFloat32(4 * index, true) };
    case 'int32':
      return { bytes: 4, read: (view, index) => view.getInt32(4 * index, true) };
    case 'float16':
      return { bytes: 2, read: (view, index) => halfFloat(view.getUint16(2 * index, true)) };
    case 'uint8':
      return { bytes: 1, read: (view, index) => min + scale * view.getUint8(index) };
    case 'uint16':
      return { bytes: 2, read: (view, index) => min + scale * view.getUint16(2 * index, true) };
    default:
      throw invalid(`weight "${name}" has dtype ${type}; float32, float16, int32, uint8 and uint16 are read`);
  }
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
