/** The rules of composite alarms (PutCompositeAlarm, "AlarmRule"): `ALARM("a") AND NOT (OK(b) OR ALARM(c))`. Pure. */
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

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|'([^']*)'|([^")][^)]*?))\s*\)|(TRUE|FALSE|AND|OR|NOT)\b|([()]))/y;

interface Token {
  readonly text: string;
  /** Of `ALARM(name)` and its like. */
  readonly alarm?: string;
}

/** @throws AlarmRuleError that says where the rule is wrong. */
export function parseAlarmRule(rule: string): AlarmRule {
  const tokens = tokensOf(rule);
  const alarms = [...new Set(tokens.flatMap(({ alarm }) => (alarm === undefined ? [] : [alarm])))];
  if (rule.length > MAX_RULE_LENGTH)
    throw new AlarmRuleError(`The rule has ${rule.length} characters, ${MAX_RULE_LENGTH} are allowed.`);
  if (alarms.length > MAX_RULE_ALARMS)
    throw new AlarmRuleError(`The rule names ${alarms.length} alarms, ${MAX_RULE_ALARMS} are allowed.`);
  let position = 0;
  const accept = (text: string): boolean => {
    const found = tokens[position]?.text === text && tokens[position]?.alarm === undefined;
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
    const { text, alarm } = tokens[position] ?? {};
    if (alarm === undefined)
      return refuse('ALARM(name), OK(name), INSUFFICIENT_DATA(name), TRUE, FALSE, NOT or "("');
    position += 1;
    return (stateOf) => stateOf(alarm) === text;
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
    const [, state, double, single, bare, word, sign] = TOKEN.exec(text) ?? [];
    const name = double ?? single ?? bare;
    if (state !== undefined && name !== undefined) tokens.push({ text: state, alarm: alarmNameOf(name) });
    else if (word !== undefined || sign !== undefined) tokens.push({ text: word ?? sign ?? '' });
    else throw new AlarmRuleError(`The rule "${rule}": ${text.slice(at).trim()} is not understood.`);
  }
  return tokens;
}
