import { forgetDeliveriesBefore, settleDelivery, takeDueDeliveries } from '@descent/storage';
import type { Context } from '../context.ts';
import { type DeliverOptions, deliver } from './deliver.ts';

/** How long after each failed attempt the next one is made; after the last of them it is given up. */
const pausesMs = [10_000, 60_000, 300_000, 1_800_000, 7_200_000] as const;
const atOnce = 8;
const tickMs = 1000;
const dayMs = 86_400_000;
const keptMs = 30 * dayMs;
/** Longer than an attempt can take. */
const leaseMs = 60_000;

export interface Deliveries {
  /** Attempts what is due; resolves when all of these attempts are over. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Sends what webhooks are due, once a second. Several processes share the work; one that dies loses none. */
export function startDeliveries(
  { db, clock, limits, logger }: Context,
  { world, ticks = true }: Pick<DeliverOptions, 'world'> & { readonly ticks?: boolean } = {},
): Deliveries {
  let looking: Promise<void> | null = null;
  let forgottenAtMs = 0;

  async function once(): Promise<void> {
    const nowMs = clock();
    if (nowMs - forgottenAtMs > dayMs) {
      forgottenAtMs = nowMs;
      await forgetDeliveriesBefore(db, new Date(nowMs - keptMs).toISOString());
    }
    const due = await takeDueDeliveries(db, { nowMs, leaseMs, limit: atOnce });
    await Promise.all(
      due.map(async (delivery) => {
        const options = { hosts: limits.webhookHosts, nowMs, ...(world === undefined ? {} : { world }) };
        const { status, problem } = await deliver(delivery, options);
        const pauseMs = pausesMs[delivery.attempt - 1];
        const state = problem === null ? 'delivered' : pauseMs === undefined ? 'failed' : 'waiting';
        await settleDelivery(db, delivery.id, { state, status, problem, nextAtMs: nowMs + (pauseMs ?? 0) });
      }),
    );
  }
  const look = () => {
    looking ??= once().finally(() => {
      looking = null;
    });
    return looking;
  };
  const timer = ticks
    ? setInterval(() => {
        look().catch((error: unknown) => logger.warn({ err: error }, 'Webhooks could not be sent now'));
      }, tickMs)
    : undefined;
  timer?.unref();
  return {
    look,
    async close() {
      clearInterval(timer);
      await looking?.catch(() => undefined);
    },
  };
}
