import { Worker } from 'node:worker_threads';
import type { GradientQueuePayload } from '@descent/contracts';
import type { DeviceFacts } from './devices/device.ts';
import type { ComputeThreadData, FromCompute, Neighbour, ToCompute } from './thread-messages.ts';
import type { DoneWork } from './work-meter.ts';

/** The compute thread, as the main thread sees it. It serves one gradient job at a time. */
export interface ComputeThread {
  readonly facts: DeviceFacts;
  /** What the worker is called on the channel; before the first gradient job. */
  identify(worker: string): void;
  /** Resolves when the gradient job is over; with the problem, if there was one. Rejects when the thread died. */
  serve(job: GradientQueuePayload): Promise<string | undefined>;
  leave(reason: string): void;
  /** Ends the gradient job that is being served, if any; its server has lost this worker. */
  abandon(reason: string): void;
  /** Settles when the thread has stopped by itself: always a fault. */
  readonly died: Promise<Error>;
  close(): Promise<void>;
}

/** @param timed hears the times of all the work of a gradient job when it is over */
export async function startComputeThread(
  {
    neighbour,
    ...data
  }: Omit<ComputeThreadData, 'neighbour'> & {
    readonly neighbour?: Neighbour | undefined;
  },
  timed: (times: readonly DoneWork[]) => void,
): Promise<ComputeThread> {
  const thread = new Worker(new URL('./compute-thread.js', import.meta.url), {
    workerData: { ...data, neighbour: neighbour?.address } satisfies ComputeThreadData,
  });
  let served: { resolve(problem: string | undefined): void; reject(error: Error): void } | undefined;
  let closing = false;

  const died = new Promise<Error>((resolve) => {
    const report = (error: Error) => {
      served?.reject(error);
      if (!closing) resolve(error);
    };
    thread.once('error', report);
    thread.once('exit', (code) => report(new Error(`the compute thread ended with code ${code}`)));
  });
  const ready = new Promise<DeviceFacts>((resolve, reject) => {
    thread.on('message', (message: FromCompute) => {
      switch (message.type) {
        case 'ready':
          resolve(message.facts);
          return;
        case 'connect':
          neighbour?.accept(message.port);
          return;
        case 'served':
          timed(message.times);
          served?.resolve(message.problem);
          return;
        default:
          message satisfies never;
      }
    });
    void died.then(reject);
  });
  const facts = await ready;
  const post = (message: ToCompute) => thread.postMessage(message);

  return {
    facts,
    identify: (worker) => post({ type: 'identify', worker }),
    died,
    serve: (job) =>
      new Promise((resolve, reject) => {
        served = { resolve, reject };
        post({ type: 'serve', job });
      }),
    leave: (reason) => post({ type: 'leave', reason }),
    abandon: (reason) => post({ type: 'abandon', reason }),
    async close() {
      closing = true;
      await thread.terminate();
    },
  };
}
