import { Members, Named } from './described.ts';
import type { KeyFacts } from './key-book.ts';
import { define, firstMembers } from './members.ts';

/** Characters of a statement that are looked at: DynamoDB takes expressions of 4 kB, and documents of GraphQL are texts. */
const LONGEST_STATEMENT = 8192;

/** A clause of an expression of DynamoDB: what one name and its placeholders stand in. */
const CLAUSES = /\b(?:AND|OR|NOT|SET|REMOVE|ADD|DELETE)\b|,(?![^(]{0,256}\))/i;
/** The `AND` in it joins two bounds of one name. */
const BETWEEN = /\bBETWEEN\s{1,8}(\S{1,128})\s{1,8}AND\b/gi;
const PLACEHOLDER = /:[A-Za-z_]\w{0,127}/g;
const NAME = /(?<![:\w])#?[A-Za-z_][\w.#[\]]{0,254}/g;
/** `login(password: $p)` in a document of GraphQL. */
const VARIABLE = /([A-Za-z_]\w{0,127})\s{0,8}:\s{0,8}\$([A-Za-z_]\w{0,127})/g;

/**
 * The arguments of a request with the name that each stands for: `:p` of `SET #p = :p` is what `#p` is an alias of, and
 * `$p` of `login(password: $p)` is a password.
 *
 * @param args the object of arguments, by placeholder.
 * @param statements texts of the request that may hold the placeholders.
 * @param aliases what `#p` stands for.
 */
export function namesOfArguments(
  args: unknown,
  statements: readonly unknown[],
  aliases: unknown,
  most: number,
  factsOf: (name: string) => KeyFacts,
): unknown {
  if (!isObject(args)) return args;
  const names = new Map<string, Set<string>>();
  const aliasOf = isObject(aliases) ? firstMembers(aliases, most).fields : {};
  for (const statement of statements) {
    if (typeof statement === 'string') collect(statement.slice(0, LONGEST_STATEMENT), aliasOf, names);
  }
  const { fields, total } = firstMembers(args, most);
  const named: Record<string, unknown> = {};
  for (const [placeholder, value] of Object.entries(fields)) {
    const candidates = [...(names.get(placeholder) ?? [])].map(factsOf);
    const facts =
      candidates.find(({ denied }) => denied !== undefined) ?? candidates.find(({ allowed }) => allowed);
    define(named, placeholder, facts === undefined ? value : new Named(value, facts));
  }
  return new Members(named, total);
}

/** Notes for each placeholder of a statement the names that it stands beside. */
function collect(
  statement: string,
  aliasOf: Readonly<Record<string, unknown>>,
  names: Map<string, Set<string>>,
): void {
  const note = (placeholder: string, name: string): void => {
    names.set(placeholder, (names.get(placeholder) ?? new Set()).add(name));
  };
  for (const [, name = '', variable = ''] of statement.matchAll(VARIABLE)) note(variable, name);
  if (!statement.includes(':')) return;
  for (const clause of statement.replaceAll(BETWEEN, ' $1 ').split(CLAUSES)) {
    const placeholders = clause.match(PLACEHOLDER) ?? [];
    if (placeholders.length === 0) continue;
    const paths = clause.match(NAME) ?? [];
    for (const path of paths) {
      const name = path.replaceAll(/#\w{1,255}/g, (alias) => {
        const meant = Object.hasOwn(aliasOf, alias) ? aliasOf[alias] : undefined;
        return typeof meant === 'string' ? meant : alias;
      });
      for (const placeholder of placeholders) note(placeholder, name);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
