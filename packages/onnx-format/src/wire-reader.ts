import { DescentError } from '@descent/errors';

/** Wire types of protobuf: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. Groups (3, 4) are not in ONNX. */
const wireNames = ['a varint', '8 bytes', 'a length', 'a group', 'the end of a group', '4 bytes'];

/** Reads the protobuf wire format. Every read is bounded by the end of the message it is in. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  tag(): { readonly id: number; readonly wire: number } {
    const value = this.#varint(this.#bytes.byteLength);
    if (typeof value === 'bigint' || value > 0xffffffff || value < 8)
      throw this.#invalid('a field number is expected');
    return { id: Math.floor(value / 8), wire: value % 8 };
  }

  /** An unsigned number of up to 64 bits; a bigint above 2⁵³. */
  varint(wire: number | undefined, end: number): number | bigint {
    this.#expect(0, wire);
    return this.#varint(end);
  }

  fixed32(wire: number | undefined, end: number): number {
    this.#expect(5, wire);
    return this.#view.getFloat32(this.#take(4, end), true);
  }

  fixed64(wire: number | undefined, end: number): number {
    this.#expect(1, wire);
    return this.#view.getFloat64(this.#take(8, end), true);
  }

  /** Position at which the bytes end that start here. */
  delimited(wire: number | undefined, end: number): number {
    this.#expect(2, wire);
    return this.length(end);
  }

  length(end: number): number {
    const length = this.#varint(end);
    if (length > end - this.position) {
      throw this.#invalid(`${length} bytes are announced where ${end - this.position} are left`);
    }
    return this.position + Number(length);
  }

  /** A view, not a copy. */
  bytes(wire: number | undefined, end: number): Uint8Array {
    const stop = this.delimited(wire, end);
    const view = this.#bytes.subarray(this.position, stop);
    this.position = stop;
    return view;
  }

  text(wire: number | undefined, end: number): string {
    try {
      return this.#decoder.decode(this.bytes(wire, end));
    } catch (cause) {
      if (cause instanceof DescentError) throw cause;
      throw this.#invalid('the text before it is not UTF-8');
    }
  }

  skip(wire: number, end: number): void {
    switch (wire) {
      case 0:
        this.#varint(end);
        return;
      case 1:
        this.#take(8, end);
        return;
      case 2:
        this.position = this.length(end);
        return;
      case 5:
        this.#take(4, end);
        return;
      default:
        throw this.#invalid(`wire type ${wire} is not in use`);
    }
  }

  #varint(end: number): number | bigint {
    let low = 0;
    let factor = 1;
    for (let count = 0; count < 7; count += 1) {
      const byte = this.#bytes[this.#take(1, end)]!;
      low += (byte & 127) * factor;
      if (byte < 128) return low;
      factor *= 128;
    }
    let high = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1, end)]!;
      high += BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, high);
    }
    throw this.#invalid('a number has more than ten bytes');
  }

  #take(count: number, end: number): number {
    const start = this.position;
    if (start + count > end) throw this.#invalid(`${count} bytes are expected where ${end - start} are left`);
    this.position = start + count;
    return start;
  }

  #expect(wanted: number, wire: number | undefined): void {
    if (wire === undefined || wire === wanted) return;
    throw this.#invalid(`${wireNames[wire] ?? 'nothing known'} stands where ${wireNames[wanted]} belongs`);
  }

  #invalid(problem: string): DescentError {
    return new DescentError('ONNX_INVALID', {
      problem: `byte ${this.position}: ${problem}`,
      byte: this.position,
    });
  }
}
