import type { JsonObject } from '../../json.ts';
import type { FilterExpression } from '../filter/expression.ts';
import { FilterError } from '../filter/expression.ts';
import { parseEntitySelector, parseFilter } from '../filter/parse-filter.ts';
import type { EntitySelector } from '../graph/time-series.ts';
import { invalidRequest, optionalText } from '../../http/api-input.ts';

/**
 * The filter expression of an input; undefined without one.
 *
 * @throws AwsApiError that says where it is wrong and what was expected there.
 */
export function readFilter(input: JsonObject): FilterExpression | undefined {
  return read(input, 'FilterExpression', Infinity, parseFilter);
}

/**
 * The node or the edge that an input names as its `EntitySelectorExpression`; undefined without one.
 *
 * @throws AwsApiError as `readFilter` does.
 */
export function readEntitySelector(input: JsonObject): EntitySelector | undefined {
  // X-Ray API Reference, "GetTimeSeriesServiceStatistics".
  return read(input, 'EntitySelectorExpression', 500, parseEntitySelector);
}

function read<T>(
  input: JsonObject,
  name: string,
  longest: number,
  parse: (text: string) => T,
): T | undefined {
  const text = optionalText(input, name, longest);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof FilterError)) throw cause;
    throw invalidRequest(`${name} is not valid at position ${cause.position}: ${cause.message}`, { cause });
  }
}
