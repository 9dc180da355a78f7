/**
 * The kernels work on addresses of a memory that JavaScript makes and lays out; they allocate nothing.
 * Addresses and counts are unsigned 32-bit; counts are elements of float32.
 */
export { addInto } from './add';
export { allFinite } from './finite';
export { squares } from './squares';
export { adam, sgd, sgdMomentum } from './update';
