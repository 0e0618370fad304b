import type { Inventory } from '../../local/template/index.ts';
import { ALARM_STATES, isObject } from '../../local/template/index.ts';
import { checkNames, checkValue, expected } from './names.ts';
import { suggestion } from './nearest-name.ts';
import type { ValueCheck } from './value-checks.ts';
import * as values from './value-checks.ts';

type Check = (value: unknown, path: string) => readonly string[];

/** Mistakes in `custom.lantern.alarms.actions`: one sentence each, beginning with its path. */
export function checkActions(
  actions: unknown,
  path: string,
  { functions }: Pick<Inventory, 'functions'>,
): readonly string[] {
  const checks: Readonly<Record<string, Check>> = {
    topic: valueOf(values.anExpression),
    encryption: (value, at) => (typeof value === 'boolean' ? [] : checkValue(value, at, values.anExpression)),
    email: listOf(values.anEmail),
    https: listOf(values.anHttpsUrl),
    slack: textsOf(['workspaceId', 'channelId']),
    teams: textsOf(['tenantId', 'teamId', 'channelId']),
    states: listOf(values.oneOf(ALARM_STATES)),
    from: valueOf(values.oneOf(['each', 'composite', 'both'])),
    events: (value, at) =>
      checkEvents(
        value,
        at,
        functions.map(({ key }) => key),
      ),
  };
  const mistakes = checkNames(
    actions,
    path,
    Object.keys(checks),
    'setting',
    (name, value, at) => checks[name]?.(value, at) ?? [],
  );
  return isObject(actions) && 'topic' in actions && 'encryption' in actions
    ? [
        ...mistakes,
        `${path}.encryption: it is of the topic that is made here, but ${path}.topic names another`,
      ]
    : mistakes;
}

const valueOf =
  (check: ValueCheck): Check =>
  (value, path) =>
    checkValue(value, path, check);

const listOf =
  (check: ValueCheck): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => checkValue(item, `${path}.${index}`, check))
      : [expected(path, 'a list', value)];

/** An object of texts, all of which are needed. */
const textsOf =
  (names: readonly string[]): Check =>
  (value, path) => [
    ...checkNames(value, path, names, 'setting', (_name, text, at) => checkValue(text, at, values.aText)),
    ...(isObject(value)
      ? names.filter((name) => !(name in value)).map((name) => `${path}.${name}: it is missing`)
      : []),
  ];

function checkEvents(value: unknown, path: string, functions: readonly string[]): readonly string[] {
  const mistakes = checkNames(value, path, ['function', 'target', 'role'], 'setting', (name, item, at) => {
    if (name !== 'function') return checkValue(item, at, values.anExpression);
    return typeof item === 'string' && functions.includes(item)
      ? []
      : [`${at}: there is no function ${values.shown(item)}${suggestion(String(item), functions)}`];
  });
  return isObject(value) && 'function' in value === 'target' in value
    ? [...mistakes, `${path}: expected either a function or a target`]
    : mistakes;
}
