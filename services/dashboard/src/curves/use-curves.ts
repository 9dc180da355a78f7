import { useMemo } from 'react';
import { useClient } from '../session/session.ts';
import { type FollowState, useFollow } from '../streams/use-follow.ts';
import { type CurveSet, createCurveSet } from './curve-set.ts';

/** The live curves of a job. Points go into the set and never through React; only the state of the stream does. */
export function useCurves(jobId: string): { readonly curves: CurveSet; readonly stream: FollowState } {
  const client = useClient();
  const { curves, source } = useMemo(() => {
    const set = createCurveSet();
    return {
      curves: set,
      source: {
        open: (options: Parameters<typeof client.jobs.metrics>[1]) => client.jobs.metrics(jobId, options),
        after: () => set.lastSequence,
        take: set.take,
      },
    };
  }, [client, jobId]);
  return { curves, stream: useFollow(source) };
}
