import { accountErrors } from './account.ts';
import { channelErrors } from './channel.ts';
import { cliErrors } from './cli.ts';
import { dataErrors } from './data.ts';
import { engineErrors } from './engine.ts';
import { graphErrors } from './graph.ts';
import { interchangeErrors } from './interchange.ts';
import { jobErrors } from './job.ts';
import { onnxErrors } from './onnx.ts';
import { queueErrors } from './queue.ts';
import { requestErrors } from './request.ts';
import { specErrors } from './spec.ts';
import { storageErrors } from './storage.ts';

/** Every error of Descent. Section names are the headings of docs/errors.md. */
export const catalogueSections = {
  request: requestErrors,
  account: accountErrors,
  spec: specErrors,
  graph: graphErrors,
  data: dataErrors,
  job: jobErrors,
  channel: channelErrors,
  engine: engineErrors,
  interchange: interchangeErrors,
  onnx: onnxErrors,
  queue: queueErrors,
  storage: storageErrors,
  cli: cliErrors,
} as const;

export const catalogue = {
  ...requestErrors,
  ...accountErrors,
  ...specErrors,
  ...graphErrors,
  ...dataErrors,
  ...jobErrors,
  ...channelErrors,
  ...engineErrors,
  ...interchangeErrors,
  ...onnxErrors,
  ...queueErrors,
  ...storageErrors,
  ...cliErrors,
} as const;
