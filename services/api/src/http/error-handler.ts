import { DescentError, isDescentError } from '@descent/errors';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Every failed answer has the shape of ErrorBody, whoever raised the error. */
export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const ours = translate(error, request);
    if (ours.statusCode === 500) request.log.error({ err: error, code: ours.code }, ours.message);
    if (ours.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="descent"');
    return reply.status(ours.statusCode).type('application/json').send(ours.toBody());
  });
}

function translate(error: FastifyError, request: FastifyRequest): DescentError {
  if (isDescentError(error)) return error;
  // `validatorCompiler` reports our errors; Fastify hands them over wrapped.
  const { cause } = error;
  if (isDescentError(cause)) return cause;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new DescentError('REQUEST_TOO_LARGE', {
        limitBytes: request.routeOptions.bodyLimit ?? 'the allowed number of',
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new DescentError('CONTENT_TYPE_UNSUPPORTED', {
        contentType: request.headers['content-type'] ?? '',
      });
    default:
      break;
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new DescentError('REQUEST_MALFORMED', { problem: error.message }, { cause: error });
  }
  return new DescentError('INTERNAL', { requestId: request.id }, { cause: error });
}
