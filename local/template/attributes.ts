import type { Fields } from './fields.ts';

/** The properties that are set, as the strings that SQS and SNS take: objects as JSON. */
export const pickAttributes = (fields: Fields, properties: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    properties.flatMap((property) => {
      const value = fields.optionalJson(property);
      return value === undefined ? [] : [[property, value]];
    }),
  );
