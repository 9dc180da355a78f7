import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Lets the next request of the lane begin; null: this one is in none. */
    leaveLane: (() => void) | null;
  }
}

/**
 * A few who stand in the same lane go on at once, the others wait in order. Between one and the next the event loop turns once: with a
 * database that answers synchronously a lane would else run to its end before anybody else's request is even read.
 */
export interface Lanes {
  /** Resolves when it is one's turn, with what is to be called at the end. */
  enter(lane: string, wide: number): Promise<() => void>;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, { busy: number; readonly waiting: (() => void)[] }>();
  return {
    async enter(name, wide) {
      const lane = lanes.get(name) ?? { busy: 0, waiting: [] };
      lanes.set(name, lane);
      if (lane.busy < wide) lane.busy++;
      // Who leaves hands over its place.
      else await new Promise<void>((resolve) => lane.waiting.push(resolve));
      return () => {
        const next = lane.waiting.shift();
        if (next !== undefined) {
          setImmediate(next);
          return;
        }
        lane.busy--;
        if (lane.busy === 0) lanes.delete(name);
      };
    },
  };
}

/**
 * Requests of one team that are worked on at once, by the work that their route declares. With one look-up at a time a team that asks
 * twenty times a second beside a flood waited for its own requests: 6 s instead of 42 ms (p99, `npm run abuse`).
 */
const wide = { look: 3, submission: 1, computation: 2 };

/**
 * Requests of a team go in lanes, so that a burst of one team, all let through by its rate limits, does not stand before the
 * next request of everybody else. A request is in its lane from when its body was read (a slow sender holds none) until
 * its answer begins (a stream holds none).
 */
export function keepLanes(app: FastifyInstance): void {
  const lanes = createLanes();
  app.decorateRequest('leaveLane', null);
  app.addHook('preValidation', async (request) => {
    const { token } = request;
    if (token === null || !hasLane(request)) return;
    const { work = 'look' } = request.routeOptions.config;
    request.leaveLane = await lanes.enter(`${work} ${token.teamId}`, wide[work]);
  });
  // Runs for errors and for answers to clients that have gone as well.
  app.addHook('onSend', async (request) => {
    request.leaveLane?.();
    request.leaveLane = null;
  });
}

/** Workers ask for work and wait for it; files take as long as they take, and have slots of their own. */
function hasLane({ routeOptions }: FastifyRequest): boolean {
  const { policy, upload } = routeOptions.config;
  return policy?.access === 'token' && policy.scope !== 'worker' && upload !== true;
}
