/**
 * The kernels work on addresses of a memory that JavaScript makes and lays out; they allocate nothing.
 * Addresses and counts are unsigned 32-bit; counts are elements of float32.
 */
export { addInto } from './add';
export { allFinite } from './finite';
export { subtract } from './subtract';
export { squares } from './squares';
export { adam, sgd, sgdMomentum } from './update';
export { decodeBf16, encodeBf16 } from './bf16';
export { decodeInt8, encodeInt8 } from './int8';
export { decodeTopK, encodeTopK } from './top-k';
