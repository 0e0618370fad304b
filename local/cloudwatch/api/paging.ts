import { invalidRequest, optionalText } from '../../http/api-input.ts';
import type { JsonObject } from '../../json.ts';

/**
 * One page of a list, and the token of the next one. A token is the place where the next page begins: lists here grow at
 * their end, if at all.
 *
 * @throws RequestError for a token that did not come from here.
 */
export function page<Item>(
  input: JsonObject,
  all: readonly Item[],
  size: number,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const token = optionalText(input, 'NextToken');
  const begin = token === undefined ? 0 : Number(/^from-(\d{1,9})$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(begin))
    throw invalidRequest(`NextToken is one of an earlier answer; got ${JSON.stringify(token)}.`);
  const end = begin + size;
  return { items: all.slice(begin, end), ...(end < all.length && { NextToken: `from-${end}` }) };
}
