import { Type } from 'typebox';

/** Names of layers, nodes, parameters and constants: values of one graph, so they share one name space. */
export const valueNamePattern = '^[A-Za-z_][A-Za-z0-9_]{0,63}$';

/** Inputs are often named as a column of the data set is; the slash separates a layer from its parameters. */
export const inputNamePattern = '^[^/\\u0000-\\u001f]{1,64}$';

/** Shape of one sample, without the batch axis. 2³¹ − 1 is the largest dimension that ONNX kernels index. */
export const SampleShape = Type.Array(Type.Integer({ minimum: 1, maximum: 0x7fffffff }), { maxItems: 6 });
