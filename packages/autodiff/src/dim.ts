/**
 * One dimension of a value. The batch size is symbolic: `'batch'`, or a multiple of it as `'64*batch'`
 * where a reshape has merged axes into the batch axis.
 */
export type Dim = number | BatchDim;
export type BatchDim = 'batch' | `${number}*batch`;
export type Shape = readonly Dim[];
