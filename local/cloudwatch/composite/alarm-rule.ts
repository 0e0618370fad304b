/**
 * The rules of composite alarms (PutCompositeAlarm, "AlarmRule"): `ALARM("a") AND NOT (OK(b) OR ALARM(c))`, and
 * `AT_LEAST(2, ALARM, (a, b, c))`, with a number or a percentage, and a state or `NOT` and a state. Pure.
 */
import { alarmNameOf } from '../../template/arns.ts';
import type { AlarmState } from '../alarm-terms.ts';

/** Undefined where there is no alarm of that name. */
export type StateOf = (alarmName: string) => AlarmState | undefined;

export interface AlarmRule {
  /** Names of the alarms in the rule, each once, in the order in which they come. */
  readonly alarms: readonly string[];
  /** @throws AlarmRuleError when an alarm of the rule is not there. */
  readonly holds: (stateOf: StateOf) => boolean;
}

export class AlarmRuleError extends Error {
  override readonly name = 'AlarmRuleError';
}

/** PutCompositeAlarm: characters in a rule, and alarms that one may name. */
export const MAX_RULE_LENGTH = 10_240;
export const MAX_RULE_ALARMS = 100;

type Condition = (stateOf: StateOf) => boolean;

const NAMES = /\s*(?:"([^"]*)"|'([^']*)'|([^"',()]*[^"',()\s]))\s*(,|$)/y;
const AT_LEAST =
  /\s*AT_LEAST\s*\(\s*(\d+)(%?)\s*,\s*(NOT\s+)?(ALARM|OK|INSUFFICIENT_DATA)\s*,\s*\(((?:"[^"]*"|'[^']*'|[^"'()])*)\)\s*\)/y;
const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|'([^']*)'|([^")][^)]*?))\s*\)|(TRUE|FALSE|AND|OR|NOT)\b|([()]))/y;

interface Token {
  readonly text: string;
  /** Of `ALARM(name)` and its like, and of `AT_LEAST(…)`. */
  readonly term?: { readonly alarms: readonly string[]; readonly holds: Condition };
}

/** @throws AlarmRuleError that says where the rule is wrong. */
export function parseAlarmRule(rule: string): AlarmRule {
  const tokens = tokensOf(rule);
  const alarms = [...new Set(tokens.flatMap(({ term }) => term?.alarms ?? []))];
  if (rule.length > MAX_RULE_LENGTH)
    throw new AlarmRuleError(`The rule has ${rule.length} characters, ${MAX_RULE_LENGTH} are allowed.`);
  if (alarms.length > MAX_RULE_ALARMS)
    throw new AlarmRuleError(`The rule names ${alarms.length} alarms, ${MAX_RULE_ALARMS} are allowed.`);
  let position = 0;
  const accept = (text: string): boolean => {
    const found = tokens[position]?.text === text && tokens[position]?.term === undefined;
    if (found) position += 1;
    return found;
  };
  const refuse = (expected: string): never => {
    const got = tokens[position]?.text ?? 'the end';
    throw new AlarmRuleError(`The rule "${rule}": expected ${expected}, got ${got}.`);
  };

  const either = (): Condition => {
    const conditions = [both()];
    while (accept('OR')) conditions.push(both());
    return (stateOf) => conditions.some((holds) => holds(stateOf));
  };
  const both = (): Condition => {
    const conditions = [single()];
    while (accept('AND')) conditions.push(single());
    return (stateOf) => conditions.every((holds) => holds(stateOf));
  };
  const single = (): Condition => {
    if (accept('NOT')) {
      const operand = single();
      return (stateOf) => !operand(stateOf);
    }
    if (accept('TRUE')) return () => true;
    if (accept('FALSE')) return () => false;
    if (accept('(')) {
      const inner = either();
      if (!accept(')')) refuse('")"');
      return inner;
    }
    const { term } = tokens[position] ?? {};
    if (term === undefined)
      return refuse('ALARM(name), OK(name), INSUFFICIENT_DATA(name), AT_LEAST(…), TRUE, FALSE, NOT or "("');
    position += 1;
    return term.holds;
  };

  const holds = either();
  if (position < tokens.length) refuse('AND, OR or the end');
  return {
    alarms,
    holds: (stateOf) => {
      // Every alarm is looked up, so that a missing one is found whatever decides the rule.
      const missing = alarms.find((alarm) => stateOf(alarm) === undefined);
      if (missing !== undefined)
        throw new AlarmRuleError(`The rule names the alarm ${missing}, which is not there.`);
      return holds(stateOf);
    },
  };
}

function tokensOf(rule: string): Token[] {
  const tokens: Token[] = [];
  const text = rule.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    AT_LEAST.lastIndex = at;
    const counted = AT_LEAST.exec(text);
    if (counted !== null) {
      tokens.push({ text: 'AT_LEAST', term: atLeast(counted, rule) });
      TOKEN.lastIndex = AT_LEAST.lastIndex;
      continue;
    }
    const [, state, double, single, bare, word, sign] = TOKEN.exec(text) ?? [];
    const name = double ?? single ?? bare;
    if (state !== undefined && name !== undefined) {
      const alarm = alarmNameOf(name);
      tokens.push({ text: state, term: { alarms: [alarm], holds: (stateOf) => stateOf(alarm) === state } });
    } else if (word !== undefined || sign !== undefined) tokens.push({ text: word ?? sign ?? '' });
    else throw new AlarmRuleError(`The rule "${rule}": ${text.slice(at).trim()} is not understood.`);
  }
  return tokens;
}

function atLeast(
  [, least, percent, not, state, list = '']: RegExpExecArray,
  rule: string,
): Required<Token>['term'] {
  const alarms = namesIn(list, rule);
  const given = Number(least);
  const most = percent === '%' ? 100 : alarms.length;
  if (given < 1 || given > most) {
    throw new AlarmRuleError(
      `The rule "${rule}": AT_LEAST() takes a number from 1 to ${alarms.length}, or from 1% to 100%, got ${given}${percent}.`,
    );
  }
  const needed = percent === '%' ? (given / 100) * alarms.length : given;
  return {
    alarms,
    holds: (stateOf) =>
      alarms.filter((alarm) => (stateOf(alarm) === state) === (not === undefined)).length >= needed,
  };
}

function namesIn(list: string, rule: string): string[] {
  const names: string[] = [];
  NAMES.lastIndex = 0;
  for (let more = true; more;) {
    const at = NAMES.lastIndex;
    const [, double, single, bare, comma] = NAMES.exec(list) ?? [];
    const name = double ?? single ?? bare;
    if (name === undefined)
      throw new AlarmRuleError(`The rule "${rule}": expected the name of an alarm, got ${list.slice(at)}.`);
    names.push(alarmNameOf(name));
    more = comma === ',';
  }
  return names;
}
