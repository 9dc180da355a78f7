import { crashSignals } from '@descent/configuration';
import { createLogger } from '@descent/observability';
import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { startParameterServer } from './start-parameter-server.ts';

const config = readConfig(process.env);
const logger = createLogger({ name: 'parameter-server', level: config.logLevel });
const host = await startParameterServer(config);
process.send?.({ type: 'ready', address: host.address });

const { close } = closeWithGrace({ delay: 9_000, logger, skip: [...crashSignals] }, async ({ err }) => {
  if (err !== undefined) logger.fatal({ err }, 'parameter server failed');
  await host.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
