import type { Announcement, AnnouncementCreate, ClusterQueue, ClusterWorker } from '@descent/contracts';
import type { CallOptions } from './jobs.ts';
import type { Transport } from './transport.ts';

export type ClusterApi = ReturnType<typeof createClusterApi>;
export type WorkerAction = 'pause' | 'resume' | 'drain';

export function createClusterApi({ http, body, done }: Transport) {
  const of = (id: string) => ({ params: { path: { id } } });
  const paths = {
    pause: '/v1/workers/{id}/pause',
    resume: '/v1/workers/{id}/resume',
    drain: '/v1/workers/{id}/drain',
  } as const satisfies Record<WorkerAction, string>;

  return {
    /** Who runs, who waits and why. */
    queue(options: CallOptions = {}): Promise<ClusterQueue> {
      return body(http.GET('/v1/queue', { ...options }));
    },

    async workers(options: CallOptions = {}): Promise<ClusterWorker[]> {
      return (await body(http.GET('/v1/workers', { ...options }))).workers;
    },

    /** It hears of it within two seconds. */
    steerWorker(id: string, action: WorkerAction, options: CallOptions = {}): Promise<ClusterWorker> {
      return body(http.POST(paths[action], { ...of(id), ...options }));
    },

    removeWorker(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/workers/{id}', { ...of(id), ...options }));
    },

    async announcements(options: CallOptions = {}): Promise<Announcement[]> {
      return (await body(http.GET('/v1/announcements', { ...options }))).announcements;
    },

    /** Staff. With `pausesWork` it is a maintenance. */
    announce(announcement: AnnouncementCreate, options: CallOptions = {}): Promise<Announcement> {
      return body(http.POST('/v1/announcements', { body: announcement, ...options }));
    },

    withdraw(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/announcements/{id}', { ...of(id), ...options }));
    },
  };
}
