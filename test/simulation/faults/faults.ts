import type { Cluster } from './cluster.ts';
import type { Process } from './virtual-time.ts';

/** What a fault may do. Everything that it breaks it mends by itself within a few seconds. */
export interface FaultTools {
  readonly cluster: Cluster;
  workers(): readonly Process[];
  servers(): readonly Process[];
  /** SIGKILL; the supervisor starts another one. */
  kill(process: Process): void;
  later(ms: number, task: () => void): void;
}

/** Milliseconds that an outage lasts: from a blink to longer than every time-out. */
function lasting({ cluster: { random } }: FaultTools): number {
  return random.pick([20, 200, 800, 2_500, 5_000]) * random.between(0.7, 1.3);
}

function forAWhile(tools: FaultTools, begin: () => void, end: () => void): void {
  begin();
  tools.later(lasting(tools), end);
}

type Fault = (tools: FaultTools) => void;

export const faults = {
  'worker killed'(tools) {
    const { random } = tools.cluster;
    if (tools.workers().length > 0) tools.kill(random.pick(tools.workers()));
  },
  'all workers killed'(tools) {
    for (const worker of tools.workers()) tools.kill(worker);
  },
  'worker stopped'(tools) {
    const { random, time } = tools.cluster;
    if (tools.workers().length === 0) return;
    const worker = random.pick(tools.workers());
    forAWhile(
      tools,
      () => time.freeze(worker),
      () => time.thaw(worker),
    );
  },
  'worker cut off'(tools) {
    const { random, network } = tools.cluster;
    if (tools.workers().length === 0) return;
    const worker = random.pick(tools.workers());
    forAWhile(
      tools,
      () => network.cut(worker),
      () => network.heal(worker),
    );
  },
  'server killed'(tools) {
    const { random } = tools.cluster;
    if (tools.servers().length > 0) tools.kill(random.pick(tools.servers()));
  },
  'server stopped'(tools) {
    const { random, time } = tools.cluster;
    if (tools.servers().length === 0) return;
    const server = random.pick(tools.servers());
    forAWhile(
      tools,
      () => time.freeze(server),
      () => time.thaw(server),
    );
  },
  'server cut off'(tools) {
    const { random, network } = tools.cluster;
    if (tools.servers().length === 0) return;
    const server = random.pick(tools.servers());
    forAWhile(
      tools,
      () => network.cut(server),
      () => network.heal(server),
    );
  },
  'api killed'(tools) {
    const { api, truth } = tools.cluster;
    forAWhile(
      tools,
      () => {
        api.isUp = false;
      },
      () => {
        api.isUp = true;
        truth.forget();
      },
    );
  },
  'answers of the api lost'(tools) {
    const { api } = tools.cluster;
    forAWhile(
      tools,
      () => {
        api.losesAnswers = 0.4;
      },
      () => {
        api.losesAnswers = 0;
      },
    );
  },
  'queue away'(tools) {
    const { training, gradients } = tools.cluster;
    const set = (isUp: boolean) => {
      training.isUp = isUp;
      gradients.isUp = isUp;
    };
    forAWhile(
      tools,
      () => set(false),
      () => set(true),
    );
  },
  'queue emptied'({ cluster: { training, gradients } }) {
    training.loseEverything();
    gradients.loseEverything();
  },
  'queue delivers twice'(tools) {
    const { training, gradients } = tools.cluster;
    const set = (share: number) => {
      training.duplicate = share;
      gradients.duplicate = share;
    };
    forAWhile(
      tools,
      () => set(0.5),
      () => set(0),
    );
  },
  'disk full'(tools) {
    const { api } = tools.cluster;
    forAWhile(
      tools,
      () => {
        api.isFull = true;
      },
      () => {
        api.isFull = false;
      },
    );
  },
  /** And its server is killed, so that the next one reads it. */
  'newest checkpoint damaged'({ cluster: { truth, random }, servers, kill }) {
    const file = truth.checkpoints.at(-1)?.file;
    if (file === undefined) return;
    file[random.integer(0, file.length - 1)]! ^= 1 << random.integer(0, 7);
    for (const server of servers()) kill(server);
  },
  'bytes corrupted'(tools) {
    const { weather } = tools.cluster.network;
    forAWhile(
      tools,
      () => {
        weather.corrupt = 0.05;
      },
      () => {
        weather.corrupt = 0;
      },
    );
  },
  'gradients doubled'(tools) {
    const { weather } = tools.cluster.network;
    forAWhile(
      tools,
      () => {
        weather.duplicate = 0.3;
      },
      () => {
        weather.duplicate = 0;
      },
    );
  },
  'connections broken'(tools) {
    const { weather } = tools.cluster.network;
    forAWhile(
      tools,
      () => {
        weather.sever = 0.05;
      },
      () => {
        weather.sever = 0;
      },
    );
  },
  'frames delayed'(tools) {
    const { weather } = tools.cluster.network;
    forAWhile(
      tools,
      () => {
        weather.delayMs = 500;
      },
      () => {
        weather.delayMs = 1;
      },
    );
  },
  'paused and resumed'(tools) {
    const { truth } = tools.cluster;
    truth.act('pause');
    const resume = () => {
      truth.act('resume');
      // The server has not heard of the pause yet.
      if (truth.wanted === 'pause') tools.later(100, resume);
    };
    tools.later(lasting(tools), resume);
  },
} as const satisfies Record<string, Fault>;
export type FaultKind = keyof typeof faults;
export const faultKinds = Object.keys(faults) as FaultKind[];
