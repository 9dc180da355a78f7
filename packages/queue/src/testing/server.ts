import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planQueueServer, type QueueServerPlan } from '../queue-server.ts';
import { waitUntilReady } from '../wait-until-ready.ts';

/** Values in order, with a way to wait for the next one. */
export class Stream<Value> {
  readonly #values: Value[] = [];
  #wake: () => void = () => {};

  readonly push = (value: Value): void => {
    this.#values.push(value);
    this.#wake();
  };

  async next(): Promise<Value> {
    while (this.#values.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#values.shift() as Value;
  }
}

/** A queue server as the supervisor would run it. */
export class Server {
  readonly plan: QueueServerPlan;
  readonly folder: string;
  #child: ChildProcess | undefined;

  constructor(plan: QueueServerPlan, folder: string) {
    this.plan = plan;
    this.folder = folder;
  }

  static async start(path: string | undefined): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'descent-queue-'));
    const plan = await planQueueServer({ dataDir: folder, redisUrl: undefined, path });
    const server = new Server(plan, folder);
    await server.run();
    return server;
  }

  async run(): Promise<void> {
    this.#child = spawn(this.plan.command ?? '', this.plan.args, { stdio: 'ignore' });
    await waitUntilReady(this.plan.url);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async forgetEverything(): Promise<void> {
    await rm(join(this.folder, 'queue', 'appendonlydir'), { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
  }
}
