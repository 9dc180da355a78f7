import { DescentError } from '@descent/errors';
import { arrayView, bytesOf } from './array-view.ts';
import { type ArrayOf, type Dtype, dtypes } from './dtype.ts';
import { npyDescr, npyElement, npyElementNames } from './npy-element.ts';
import { parseNpyHeader } from './npy-header.ts';
import { type Tensor, tensor } from './tensor.ts';

/**
 * Reads an NPY file. Types that we do not have widen (f2 → float32; i1, i2, u2 → int32; u4 → int64); Fortran order
 * becomes row-major. A little-endian array of one of our dtypes is a view on `bytes`.
 * `array` names it in errors. Throws NPY_INVALID or NPY_OBJECT_ARRAY, before anything is allocated.
 */
export function decodeNpy(bytes: Uint8Array, array = 'array'): Tensor {
  const header = parseNpyHeader(bytes, array);
  const invalid = (problem: string) => new DescentError('NPY_INVALID', { array, problem });
  const known = npyElement(header.descr);
  if (known === undefined) {
    throw invalid(
      `elements of type ${header.descr} are not numbers that we read (${npyElementNames.join(', ')})`,
    );
  }
  const { element, littleEndian } = known;
  const expectedBytes = header.elements * element.bytes;
  const actualBytes = bytes.byteLength - header.dataStart;
  if (actualBytes !== expectedBytes) {
    throw invalid(
      `${header.elements} elements need ${expectedBytes} bytes; ${actualBytes} follow the header`,
    );
  }
  const inPlace = element.same && (littleEndian || element.bytes === 1);
  const data = inPlace
    ? arrayView(element.dtype, bytes, header.dataStart, header.elements)
    : convert(bytes, header.dataStart, header.elements, element, littleEndian);
  return tensor(element.dtype, header.shape, header.fortranOrder ? toRowMajor(data, header.shape) : data);
}

/** Writes an NPY file, version 1.0, row-major and little-endian. */
export function encodeNpy({ dtype, shape, data }: Tensor): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const literal = `{'descr': '${npyDescr[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy aligns the elements to 64 bytes and ends the header with a line break.
  const padded = Math.ceil((10 + literal.length + 1) / 64) * 64 - 10;
  const header = Buffer.alloc(10 + padded, 0x20);
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(padded, 8);
  header.write(literal, 10, 'latin1');
  header[header.byteLength - 1] = 0x0a;
  return Buffer.concat([header, bytesOf(data)]);
}

function convert(
  bytes: Uint8Array,
  start: number,
  count: number,
  element: { dtype: Dtype; bytes: number; read: (v: DataView, o: number, le: boolean) => number | bigint },
  littleEndian: boolean,
): ArrayOf[Dtype] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * element.bytes);
  const data = new dtypes[element.dtype].array(count);
  for (let i = 0; i < count; i++) data[i] = element.read(view, i * element.bytes, littleEndian);
  return data;
}

/** Column-major to row-major: walks the target in order and steps through the source by its strides. */
function toRowMajor(source: ArrayOf[Dtype], shape: readonly number[]): ArrayOf[Dtype] {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, dim) => product * dim, 1));
  const index = shape.map(() => 0);
  const target = source.slice();
  let from = 0;
  for (let to = 0; to < source.length; to++) {
    target[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}
