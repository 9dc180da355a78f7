import { DescentError, isDescentError } from '@descent/errors';

/** A node of the file, for errors. */
export interface NodePlace {
  /** Its name; its first output where it has none, as most exporters leave it. */
  readonly node: string;
  readonly op: string;
}

export function nodeError(place: NodePlace, problem: string): DescentError {
  return new DescentError('ONNX_NODE_INVALID', { ...place, problem });
}

/** Says an error of the graph in terms of the file. */
export function atNode<Result>(place: NodePlace, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    if (!isDescentError(error) || !error.code.startsWith('GRAPH_')) throw error;
    const problem = error.message.replace(/^Node "[^"]*"(?: \(\w+\))?: /, '');
    throw new DescentError('ONNX_NODE_INVALID', { ...error.details, ...place, problem }, { cause: error });
  }
}
