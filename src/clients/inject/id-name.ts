import { correlationHeader } from '../../propagation/correlation.ts';

/** The name under which the id is to be added; undefined where one of these is it, whatever its case: that is kept. */
export function nameForId(names: readonly string[]): string | undefined {
  const own = correlationHeader();
  return names.some((name) => name.toLowerCase() === own.toLowerCase()) ? undefined : own;
}
