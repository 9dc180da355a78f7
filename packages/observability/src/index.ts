export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { type ApiMetrics, createApiMetrics } from './metrics.ts';
export { createPhaseMetrics, type PhaseMetrics } from './phase-metrics.ts';
export { type MetricsServer, serveMetrics } from './serve-metrics.ts';
