import { DescentError } from '@descent/errors';
import { checkedElementCount } from './shape.ts';

/** What an NPY header says (NumPy Enhancement Proposal 1; `numpy.lib.format`). */
export interface NpyHeader {
  /** NumPy's array-protocol type string, such as `<f4`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Where the elements start in the file. */
  readonly dataStart: number;
}

/** NumPy itself trusts no header longer than 10,000 bytes. */
const maxHeaderBytes = 10_000;
const maxRank = 32;

/** Parses the header of an NPY file, versions 1.0, 2.0 and 3.0. Throws NPY_INVALID or NPY_OBJECT_ARRAY. */
export function parseNpyHeader(bytes: Uint8Array, array: string): NpyHeader {
  const invalid = (problem: string) => new DescentError('NPY_INVALID', { array, problem });
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.byteLength < 10 || buffer.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw invalid('it does not start as an NPY file');
  }
  const major = buffer[6]!;
  if (major < 1 || major > 3) throw invalid(`NPY version ${major} is not known`);
  const prefix = major === 1 ? 10 : 12;
  if (buffer.byteLength < prefix) throw invalid('it ends within its header');
  const length = major === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8);
  if (length > maxHeaderBytes)
    throw invalid(`its header claims ${length} bytes; at most ${maxHeaderBytes} are allowed`);
  const dataStart = prefix + length;
  if (dataStart > buffer.byteLength) throw invalid('it ends within its header');

  const text = buffer.toString(major === 3 ? 'utf8' : 'latin1', prefix, dataStart);
  const fields = parseHeaderFields(text);
  if (fields === undefined) throw invalid('its header is not a dictionary of descr, fortran_order and shape');
  const { descr, fortranOrder, shape } = fields;
  if (descr === undefined)
    throw invalid('it has named fields (a structured dtype); save one array per field');
  if (/^[|<>=]?O/.test(descr)) throw new DescentError('NPY_OBJECT_ARRAY', { array, descr });
  const elements = checkedElementCount(shape);
  if (elements === undefined || shape.length > maxRank) throw invalid('its shape is not a list of sizes');
  return { descr, fortranOrder, shape, elements, dataStart };
}

interface HeaderFields {
  /** Undefined for a structured dtype, which NumPy writes as a list. */
  readonly descr: string | undefined;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

const entryPattern = /\s*'(\w+)'\s*:\s*(?:'([^'\\]*)'|(True|False)|\(([\d\s,L]*)\))\s*(?:,|(?=\}))/y;

/** The header is a Python literal; only the forms that NumPy writes are read, and nothing is evaluated. */
function parseHeaderFields(text: string): HeaderFields | undefined {
  const literal = text.trim();
  if (!literal.startsWith('{')) return undefined;
  if (/^\{[^[]*'descr'\s*:\s*\[/.test(literal)) return { descr: undefined, fortranOrder: false, shape: [] };

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: number[] | undefined;
  let position = 1;
  while (!/^\s*\}$/.test(literal.slice(position))) {
    entryPattern.lastIndex = position;
    const match = entryPattern.exec(literal);
    if (match === null) return undefined;
    const [, key, string, boolean, tuple] = match;
    if (key === 'descr' && string !== undefined && descr === undefined) descr = string;
    else if (key === 'fortran_order' && boolean !== undefined && fortranOrder === undefined) {
      fortranOrder = boolean === 'True';
    } else if (key === 'shape' && tuple !== undefined && shape === undefined) shape = parseTuple(tuple);
    else return undefined;
    position = entryPattern.lastIndex;
  }
  if (descr === undefined || fortranOrder === undefined || shape === undefined) return undefined;
  return { descr, fortranOrder, shape };
}

/** The inside of `(3, 4)`, `(3,)` or `()`; Python 2 wrote `3L`. NaN marks what is no number. */
function parseTuple(inside: string): number[] {
  const parts = inside.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part) => (/^\d+L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
}
