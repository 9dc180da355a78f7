import type { FollowState } from './use-follow.ts';

const words: Record<FollowState['phase'], string> = {
  connecting: 'connecting…',
  live: 'live',
  reconnecting: 'connection lost, reconnecting…',
  hidden: 'paused while hidden',
  ended: '',
  failed: 'stream failed',
};

/** Whether what is shown is still fed. */
export function StreamMark({ state }: { readonly state: FollowState }) {
  const look = state.phase === 'live' ? 'text-good' : state.phase === 'failed' ? 'text-bad' : 'text-warn';
  const problem = state.phase === 'failed' && state.error instanceof Error ? `: ${state.error.message}` : '';
  return (
    <span role="status" className={`ml-auto inline-flex items-center gap-1.5 text-sm ${look}`}>
      {state.phase === 'live' && (
        <span aria-hidden="true" className="size-1.5 animate-pulse rounded-full bg-current" />
      )}
      {words[state.phase] + problem}
    </span>
  );
}
