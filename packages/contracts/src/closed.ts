import { type TEnum, type TObjectOptions, type TProperties, Type } from 'typebox';

/** An object that refuses fields it does not know: every body of ours is one. */
export const Closed = <Properties extends TProperties>(
  properties: Properties,
  options: TObjectOptions = {},
) => Type.Object(properties, { additionalProperties: false, ...options });

/** One of a closed set of strings. */
export const OneOf = <const Values extends string[]>(
  values: readonly [...Values],
  description?: string,
): TEnum<Values> => Type.Enum<Values>(values, description === undefined ? {} : { description });
