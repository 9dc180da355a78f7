import type { GraphKind, ModelSpec } from '@descent/contracts';
import { type CompileOptions, compileModel } from '@descent/models';
import { presentGraph } from '../jobs/present-graph.ts';
import { answering, type ThreadAnswer } from './answer.ts';

export interface GraphTask {
  readonly spec: ModelSpec;
  readonly options: CompileOptions;
  readonly kind: GraphKind;
  readonly batch: number;
}

/** The graph of a large model, as JSON text. */
export default function graph({ spec, options, kind, batch }: GraphTask): Promise<ThreadAnswer<string>> {
  return answering(async () => JSON.stringify(presentGraph(compileModel(spec, options), kind, batch)));
}
