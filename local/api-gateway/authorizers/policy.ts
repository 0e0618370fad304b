import { isObject } from '../../json.ts';

/** What a policy of an authorizer says of one resource. */
export type Verdict = 'allowed' | 'denied' | 'denied-explicitly';

/** What API Gateway asks a policy about. */
const ACTION = 'execute-api:Invoke';

/**
 * A deny counts more than any allow, and what nothing allows is denied. Conditions are not evaluated: `conditions` says
 * that there are some, and each is taken to hold.
 *
 * @throws Error that says what is wrong with a policy that has another form.
 */
export function evaluatePolicy(
  policy: unknown,
  resource: string,
): { readonly verdict: Verdict; readonly conditions: boolean } {
  if (!isObject(policy)) throw new Error('policyDocument must be an object');
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  const about = statements.map(readStatement).filter((statement) => statement.matches(ACTION, resource));
  const conditions = about.some((statement) => statement.conditional);
  if (about.some(({ effect }) => effect === 'Deny')) return { verdict: 'denied-explicitly', conditions };
  return { verdict: about.length > 0 ? 'allowed' : 'denied', conditions };
}

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly conditional: boolean;
  matches(action: string, resource: string): boolean;
}

function readStatement(statement: unknown): Statement {
  if (!isObject(statement)) throw new Error('policyDocument.Statement must be a list of objects');
  const { Effect: effect, Condition: condition } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error('Effect of a statement must be Allow or Deny');
  const isOfAction = matcher(statement, 'Action', true);
  const isOfResource = matcher(statement, 'Resource', false);
  return {
    effect,
    conditional: condition !== undefined,
    matches: (action, resource) => isOfAction(action) && isOfResource(resource),
  };
}

/** `Action` or `Resource` and their opposites, each a text or a list; names of actions are written in any case. */
function matcher(
  statement: Record<string, unknown>,
  name: 'Action' | 'Resource',
  anyCase: boolean,
): (text: string) => boolean {
  const opposite = `Not${name}`;
  const given = statement[name] ?? statement[opposite];
  const patterns: readonly unknown[] = Array.isArray(given) ? given : [given];
  const expressions = patterns.map((pattern) => {
    if (typeof pattern !== 'string')
      throw new Error(`${name} of a statement must be a text or a list of texts`);
    return wildcards(pattern, anyCase);
  });
  const expected = statement[name] !== undefined;
  return (text) => expressions.some((expression) => expression.test(text)) === expected;
}

/** `*` stands for any text, slashes and colons too, `?` for one character. */
function wildcards(pattern: string, anyCase: boolean): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, anyCase ? 'is' : 's');
}
