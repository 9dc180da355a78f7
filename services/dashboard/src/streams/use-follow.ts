import type { FollowOptions } from '@descent/client';
import { useEffect, useRef, useState } from 'react';

export type FollowState =
  | { readonly phase: 'connecting' | 'live' | 'reconnecting' | 'hidden' | 'ended' }
  | { readonly phase: 'failed'; readonly error: unknown };

export interface FollowSource<Item> {
  readonly open: (options: FollowOptions) => AsyncIterable<Item>;
  /** Sequence of the last item taken, or undefined. */
  readonly after: () => number | undefined;
  readonly take: (item: Item) => void;
}

/**
 * Follows a stream of the api while the page is on the screen. A hidden page lets go of its connection: browsers allow
 * six to a host over HTTP/1.1, and three open tabs would use them up. It goes on from its last item when seen again.
 * `source` must keep its identity for as long as the same stream is meant.
 */
export function useFollow<Item>(source: FollowSource<Item>): FollowState {
  const [state, setState] = useState<FollowState>({ phase: 'connecting' });
  const visible = usePageVisible();
  const ended = useRef<FollowSource<Item> | null>(null);

  useEffect(() => {
    if (ended.current === source) return;
    if (!visible) {
      setState({ phase: 'hidden' });
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;

    async function run(): Promise<void> {
      const after = source.after();
      const options: FollowOptions = {
        signal,
        backOff: { attempts: Number.POSITIVE_INFINITY },
        onConnection: (connected) => {
          if (!signal.aborted) setState({ phase: connected ? 'live' : 'reconnecting' });
        },
        ...(after !== undefined && { after }),
      };
      try {
        for await (const item of source.open(options)) {
          if (signal.aborted) return;
          source.take(item);
        }
        ended.current = source;
        setState({ phase: 'ended' });
      } catch (error) {
        if (!signal.aborted) setState({ phase: 'failed', error });
      }
    }

    setState({ phase: 'connecting' });
    void run();
    return () => controller.abort();
  }, [source, visible]);

  return state;
}

function usePageVisible(): boolean {
  const [visible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const onChange = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  return visible;
}
