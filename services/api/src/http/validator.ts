import { validate } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/**
 * Path, query and headers are text: they are converted, then checked with the same words as bodies.
 * Bodies are not checked here: a route validates its own with `validate`, whose result is typed.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  if (httpPart === 'body') return (value: unknown) => ({ value });
  return (value: object) => {
    try {
      return { value: validate(schema, Value.Convert(schema, { ...value })) };
    } catch (error) {
      // Wrapped, since Fastify writes a status of its own on what it is given.
      if (isDescentError(error)) return { error: new Error(error.message, { cause: error }) };
      throw error;
    }
  };
};

/** Answers are built from typed values and checked in the tests; a schema-driven serialiser would drop what it misreads. */
export const serializerCompiler = () => (value: unknown) => JSON.stringify(value);
