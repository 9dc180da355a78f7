import type { ServerBeat } from '@descent/contracts';
import type { Truth } from './truth.ts';

const beatMs = 1_000;

/** Tells the api every second that this server is there. One that is not heard of gets no training jobs. */
export function announceServer(truth: Pick<Truth, 'beat'>, beat: ServerBeat): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const loop = async (): Promise<void> => {
    // An outage of the api shows in the reports of its training jobs.
    await truth.beat(beat).catch(() => {});
    if (!stopped) timer = setTimeout(loop, beatMs);
  };
  void loop();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
