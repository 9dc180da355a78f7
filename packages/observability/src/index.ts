export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { type ApiMetrics, createApiMetrics } from './metrics.ts';
