import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ResourceLimits } from 'node:worker_threads';
import type { FittedData } from '@descent/datasets';
import { Piscina } from 'piscina';
import type { ThreadAnswer } from './answer.ts';
import type { ExplainTask } from './explain.thread.ts';
import type { ExportResult, ExportTask } from './export.thread.ts';
import type { FitTask } from './fit.thread.ts';
import type { GraphTask } from './graph.thread.ts';
import type { ImportResult, ImportTask } from './import.thread.ts';
import type { IngestResult, IngestTask } from './ingest.thread.ts';
import type { PlanResult, PlanTask } from './plan.thread.ts';
import type { PredictTask } from './predict.thread.ts';
import type { PreviewTask } from './preview.thread.ts';

/** Work that would block the event loop, done in threads that are started when first needed. */
export interface Threads {
  /** Aborting ends the thread, whatever it does: files are other people's, and a library may spin on a damaged one. */
  ingest(task: IngestTask, signal: AbortSignal): Promise<IngestResult>;
  /** What a large model wants of data, and what its training costs. */
  plan(task: PlanTask): Promise<ThreadAnswer<PlanResult>>;
  /** JSON text of a JobGraph. */
  graph(task: GraphTask): Promise<ThreadAnswer<string>>;
  fit(task: FitTask): Promise<ThreadAnswer<FittedData>>;
  importModel(task: ImportTask): Promise<ThreadAnswer<ImportResult>>;
  /** JSON text of a Prediction. */
  predict(task: PredictTask): Promise<ThreadAnswer<string>>;
  /** JSON text of a DatasetPreview. */
  preview(task: PreviewTask): Promise<ThreadAnswer<string>>;
  /** JSON text of an Explanation. */
  explain(task: ExplainTask): Promise<ThreadAnswer<string>>;
  /** Writes the file to the target of the task. */
  export(task: ExportTask): Promise<ThreadAnswer<ExportResult>>;
  close(): Promise<void>;
}

/** Of JavaScript objects, for reading the files of a data set; beyond it the thread ends, and not the service. */
export const readingMiB = 2048;

/** `.ts` when we run from the sources (tests), which threads need a loader for; `.js` in the built service. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const execArgv = extension === '.ts' ? ['--import', 'tsx', '--conditions', 'descent-source'] : [];

export function createThreads(): Threads {
  const ingesting = pool('ingest', Math.min(2, availableParallelism()), {
    maxOldGenerationSizeMb: readingMiB,
  });
  const fitting = pool('fit', 1);
  // One thread: it keeps the model between the two questions about it.
  const planning = pool('plan', 1);
  const drawing = pool('graph', 1);
  // One thread keeps every compiled model in one place; a second would compile each again.
  const predicting = pool('predict', 1);
  const previewing = pool('preview', 1);
  const explaining = pool('explain', 1);
  const exporting = pool('export', 1);
  const importing = pool('import', 1);
  return {
    ingest: (task, signal) => ingesting.run(task, { signal }),
    plan: (task) => planning.run(task),
    graph: (task) => drawing.run(task),
    fit: (task) => fitting.run(task),
    predict: (task) => predicting.run(task),
    preview: (task) => previewing.run(task),
    explain: (task) => explaining.run(task),
    importModel: (task) => importing.run(task),
    export: (task) => exporting.run(task),
    close: async () => {
      await Promise.all(
        [ingesting, planning, drawing, fitting, previewing, predicting, explaining, exporting, importing].map(
          (one) => one.destroy(),
        ),
      );
    },
  };
}

function pool(name: string, maxThreads: number, resourceLimits: ResourceLimits = {}): Piscina {
  return new Piscina({
    filename: fileURLToPath(new URL(`./${name}.thread${extension}`, import.meta.url)),
    execArgv,
    minThreads: 0,
    maxThreads,
    idleTimeout: 300_000,
    resourceLimits,
  });
}
