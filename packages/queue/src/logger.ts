/** The part of a pino logger that we use. */
export interface QueueLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: QueueLogger = { info: () => {}, warn: () => {}, error: () => {} };
