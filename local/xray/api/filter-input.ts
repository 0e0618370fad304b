import type { JsonObject } from '../../json.ts';
import type { FilterExpression } from '../filter/expression.ts';
import { FilterError } from '../filter/expression.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import { invalidRequest, optionalText } from './input.ts';

/**
 * The filter expression that an input has under `name`; undefined without one.
 *
 * @throws AwsApiError that says where it is wrong and what was expected there.
 */
export function readFilter(input: JsonObject, name = 'FilterExpression'): FilterExpression | undefined {
  const text = optionalText(input, name);
  if (text === undefined) return undefined;
  try {
    return parseFilter(text);
  } catch (cause) {
    if (!(cause instanceof FilterError)) throw cause;
    throw invalidRequest(`${name} is not valid at position ${cause.position}: ${cause.message}`, { cause });
  }
}
