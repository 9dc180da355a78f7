import { randomUUID } from 'node:crypto';
import type { NewsChannel } from '@descent/queue';

/** What the processes of the api tell each other. All of it is in the database too: hearing it only saves waiting. */
export type NewsItem =
  /** A job has something new. */
  | { readonly type: 'job'; readonly id: string }
  /** The dispatcher has something to do. */
  | { readonly type: 'wake' }
  /** Workers computed for a team. */
  | { readonly type: 'work'; readonly team: string; readonly workerSeconds: number; readonly flops: number }
  /** Settings of a team changed. */
  | { readonly type: 'teams' };

export interface News {
  /** Tells all other processes. */
  tell(item: NewsItem): void;
}

/** @param hear is given what others told; null: something may have been missed */
export function openNews(
  channel: Pick<NewsChannel, 'publish' | 'subscribe'> | undefined,
  hear: (item: NewsItem | null) => void,
): News {
  const from = randomUUID();
  channel?.subscribe((text) => {
    if (text === null) return hear(null);
    // Ours alone write there, but other versions of ours may.
    const { from: teller, item } = JSON.parse(text) as { from: string; item: NewsItem };
    if (teller !== from) hear(item);
  });
  return { tell: (item) => channel?.publish(JSON.stringify({ from, item })) };
}
