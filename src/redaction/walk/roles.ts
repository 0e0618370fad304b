/**
 * What the value of a member may be to the members beside it, by the name of its key: a `name` of theirs (`Name`, `field`,
 * `path`), the `kind` of thing that they are (`type: 'passport'`), the `value` of such a name or kind (`Value`, `number`),
 * or the `content` of such a name (`text`, `before`). And of a request with placeholders: the `statement` that has them,
 * the `aliases` of names in it, and the `arguments` that stand for them.
 */
export type Role = 'name' | 'kind' | 'value' | 'content' | 'statement' | 'aliases' | 'arguments';

const ROLES: ReadonlyMap<string, Role> = new Map([
  ...rolesOf(
    'name',
    `name key field attribute attr property prop param parameter path pointer column header label question prompt variable
     var identifier title tag setting slug k n id loc`,
  ),
  ...rolesOf('kind', 'type kind system category code use'),
  ...rolesOf('value', 'value values val v answer answers'),
  ...rolesOf(
    'content',
    'content contents text input received old new from to before after previous next current original actual',
  ),
]);
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;
/** Keys that have a role when they are nothing but this word: an `orderNumber` is not the number of a kind. */
const WHOLE: ReadonlyMap<string, Role> = new Map([['number', 'value']]);
/** Requests of DynamoDB, as its API and as resolvers of AppSync write them, and of GraphQL. */
const OF_REQUESTS: ReadonlyMap<string, Role> = new Map([
  ['ExpressionAttributeNames', 'aliases'],
  ['ExpressionAttributeValues', 'arguments'],
  ['expressionNames', 'aliases'],
  ['expressionValues', 'arguments'],
  ['variables', 'arguments'],
  ['query', 'statement'],
  ['mutation', 'statement'],
]);

/** The role of a key, by its last word: `ParameterKey` and `attribute_name` are names. `undefined` for most keys. */
export function roleOf(key: string): Role | undefined {
  const whole = OF_REQUESTS.get(key) ?? WHOLE.get(key.toLowerCase());
  if (whole !== undefined) return whole;
  if (/[Ee]xpression$/.test(key)) return 'statement';
  const last = (key.match(WORD) ?? []).at(-1)?.toLowerCase() ?? '';
  const [suffix] = /(?:name|value)$/.exec(last) ?? [];
  return ROLES.get(last) ?? ROLES.get(suffix ?? '');
}

function rolesOf(role: Role, words: string): Array<[string, Role]> {
  return words.split(/\s+/).map((word) => [word, role]);
}
