/** The root causes that `rootcause.json = #[…]` is asked for: as GetTraceSummaries writes them, with parts left out. */
import { isObject } from '../../json.ts';

/** Members of a root cause, and what their own elements have. */
interface Shape {
  readonly [member: string]: Shape | 'value';
}

const EXCEPTION: Shape = { Name: 'value', Message: 'value' };
const ENTITY: Shape = { Name: 'value', Coverage: 'value', Remote: 'value', Exceptions: EXCEPTION };
const SERVICE: Shape = {
  Name: 'value',
  Names: 'value',
  Type: 'value',
  AccountId: 'value',
  Inferred: 'value',
  EntityPath: ENTITY,
};
const CAUSE: Shape = { ClientImpacting: 'value', Services: SERVICE };

/** What is wrong with it, in words; undefined when nothing is. */
export function checkCausePatterns(value: unknown): string | undefined {
  return flawOf(value, CAUSE, 'Root causes');
}

function flawOf(value: unknown, shape: Shape, name: string): string | undefined {
  if (!Array.isArray(value)) return `${name} are a list in JSON: […].`;
  for (const element of value) {
    if (!isObject(element)) return `${name} are a list of objects in JSON: [{…}].`;
    for (const [member, content] of Object.entries(element)) {
      const known = Object.hasOwn(shape, member) ? shape[member] : undefined;
      if (known === undefined) {
        return `${member} is no member there; ${Object.keys(shape).join(', ')} are.`;
      }
      if (content === null) continue;
      const flaw = known === 'value' ? flawOfValue(content, member) : flawOf(content, known, member);
      if (flaw !== undefined) return flaw;
    }
  }
  return undefined;
}

function flawOfValue(value: unknown, member: string): string | undefined {
  if (Array.isArray(value)) {
    return value.every((element) => typeof element === 'string')
      ? undefined
      : `${member} is a list of texts.`;
  }
  if (typeof value === 'object') return `${member} is a text, a number, true, false or null, and no object.`;
  return value === Infinity || value === -Infinity ? `${member} is too large for a number.` : undefined;
}

/**
 * Whether `found` has all that `pattern` has. What the pattern leaves out may be anything; lists are as long as each
 * other; `null` is what is not there.
 */
export function matchesPattern(pattern: unknown, found: unknown): boolean {
  if (pattern === null) return found === undefined || found === null;
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(found) &&
      pattern.length === found.length &&
      pattern.every((element, index) => matchesPattern(element, found[index]))
    );
  }
  if (isObject(pattern)) {
    return (
      isObject(found) &&
      Object.entries(pattern).every(([member, content]) => {
        return matchesPattern(content, Object.hasOwn(found, member) ? found[member] : undefined);
      })
    );
  }
  // The guide shows an account's id as a number, the API writes a text.
  return (
    pattern === found ||
    (typeof pattern === 'number' && typeof found === 'string' && String(pattern) === found)
  );
}
