/** Filled by the total table of operations. */
export type OperationName = string;
