import type { CauseKind } from '../graph/root-causes.ts';
import type { ServicePattern } from '../graph/service-pattern.ts';
import type { EntitySelector } from '../graph/time-series.ts';
import { checkCausePatterns } from './cause-patterns.ts';
import type { Field, FilterExpression, FilterValue, Operator, RootCauseFilter, Scope } from './expression.ts';
import { FilterError } from './expression.ts';
import type { Keyword } from './keywords.ts';
import {
  COMPLEX_KEYWORDS,
  findKeyword,
  keywordsIn,
  OPERATORS,
  SCOPE_NAMES,
  valueTypesOf,
} from './keywords.ts';
import { nearestOf } from './nearest.ts';
import type { Token } from './tokens.ts';
import { shortened, tokenAt } from './tokens.ts';

/** Parentheses and braces inside each other: more than people write, few enough to recurse. */
export const MAX_FILTER_DEPTH = 200;

/** What could stand at a place: the parser asks for it there. */
export type Want =
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'condition'; readonly scope: Scope }
  | { readonly kind: 'operators'; readonly field: Field; readonly operators: readonly Operator[] }
  | { readonly kind: 'value'; readonly type: 'boolean' | 'number' | 'string'; readonly field: Field }
  | { readonly kind: 'service name' | 'group' | 'type' | 'account' | 'json' };

/**
 * Reads a filter expression of X-Ray's. An empty text matches every trace.
 *
 * @throws FilterError and nothing else, whatever the text is.
 */
export function parseFilter(text: string): FilterExpression {
  return new Parser(text).parse();
}

/**
 * Reads an `EntitySelectorExpression`: `service(…)`, `edge(…, …)` or `id(…)`, without a filter.
 *
 * @throws FilterError for anything else.
 */
export function parseEntitySelector(text: string): EntitySelector {
  return new Parser(text).parseSelector();
}

/** What could stand at the end of `text`; nothing when it is wrong before that. */
export function wantedAfter(text: string): readonly Want[] {
  const parser = new Parser(text);
  try {
    parser.parse();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
  }
  return parser.wantedAtEnd();
}

const ROOT_CAUSE = /^rootcause\.(fault|error|responsetime)\.(service|entity|exception)$/;
const LOGICAL: ReadonlySet<string> = new Set(['and', 'or']);

class Parser {
  readonly #text: string;
  #token: Token | undefined;
  #offset = 0;
  #depth = 0;
  /** What was asked for at the current token and did not come. */
  #wants: Want[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  parse(): FilterExpression {
    this.#want({ kind: 'condition', scope: 'trace' });
    if (this.#peek().type === 'end') return { kind: 'all' };
    const expression = this.#either('trace');
    if (this.#peek().type !== 'end') this.#refuse();
    return expression;
  }

  parseSelector(): EntitySelector {
    for (const text of ['service(', 'edge(', 'id(']) this.#want({ kind: 'sign', text });
    const token = this.#peek();
    const word = token.type === 'word' ? token.text.toLowerCase() : '';
    let selector: EntitySelector;
    if (word === 'id') selector = { kind: 'service', service: this.#servicePattern() };
    else if (word === 'service') selector = this.#selectService();
    else if (word === 'edge') selector = this.#selectEdge();
    else return this.#refuse();
    if (this.#peek().type !== 'end') this.#refuse();
    return selector;
  }

  wantedAtEnd(): readonly Want[] {
    return this.#token?.type === 'end' ? this.#wants : [];
  }

  #either(scope: Scope): FilterExpression {
    const operands = [this.#both(scope)];
    while (this.#acceptWord('OR')) operands.push(this.#both(scope));
    return joined('or', operands);
  }

  #both(scope: Scope): FilterExpression {
    const operands = [this.#single(scope)];
    for (;;) {
      if (this.#acceptWord('AND') || this.#beginsCondition()) operands.push(this.#single(scope));
      else return joined('and', operands);
    }
  }

  /** Two conditions may stand beside each other without AND. */
  #beginsCondition(): boolean {
    const token = this.#peek();
    if (token.type === 'word') return !LOGICAL.has(token.text.toLowerCase());
    return (
      token.type === 'annotation' || (token.type === 'symbol' && (token.text === '!' || token.text === '('))
    );
  }

  #single(scope: Scope): FilterExpression {
    let negated = false;
    while (this.#accept('!') || this.#acceptWord('NOT')) negated = !negated;
    const operand = this.#condition(scope);
    if (!negated) return operand;
    return operand.kind === 'not' ? operand.operand : { kind: 'not', operand };
  }

  #condition(scope: Scope): FilterExpression {
    if (this.#accept('(')) return this.#within(')', () => this.#either(scope));
    this.#want({ kind: 'condition', scope });
    const token = this.#peek();
    if (token.type === 'annotation') return this.#annotation(token, scope);
    if (token.type !== 'word') return this.#refuse();
    const word = token.text.toLowerCase();
    if (COMPLEX_KEYWORDS.includes(word)) return this.#complex(word, scope);
    const keyword = findKeyword(word);
    if (keyword === undefined) return this.#refuseWord(token, scope);
    this.#checkScope(keyword.name, keyword.scopes, scope);
    this.#next();
    return this.#comparison(keyword, fieldOf(keyword), scope);
  }

  #annotation(token: Token & { type: 'annotation' }, scope: Scope): FilterExpression {
    const keyword = findKeyword(token.keyword);
    if (keyword === undefined) return this.#refuse();
    this.#checkScope(keyword.name, keyword.scopes, scope);
    this.#next();
    return this.#comparison(keyword, { ...fieldOf(keyword), key: token.key }, scope);
  }

  #comparison(keyword: Keyword, field: Field, scope: Scope): FilterExpression {
    const operator = this.#operator(field, OPERATORS[keyword.type]);
    if (operator === undefined) {
      if (keyword.type === 'boolean') return { kind: 'comparison', field, operator: '=', value: true };
      return { kind: 'set', field };
    }
    const value = this.#value(keyword, field, operator, scope);
    if (typeof value === 'boolean' && operator === '!=') {
      // Of a value that can only be true or false. An annotation may have others too.
      if (keyword.type === 'boolean') return { kind: 'comparison', field, operator: '=', value: !value };
    }
    return { kind: 'comparison', field, operator, value };
  }

  #operator(field: Field, operators: readonly Operator[]): Operator | undefined {
    this.#want({ kind: 'operators', field, operators });
    const token = this.#peek();
    const text = token.type === 'symbol' || token.type === 'word' ? token.text.toUpperCase() : '';
    const operator = OPERATORS.annotation.find((each) => each === text);
    if (operator === undefined) return undefined;
    if (!operators.includes(operator)) {
      return this.#refuse(`${nameOf(field)} is compared by ${listed(operators)}, not by ${operator}.`);
    }
    this.#next();
    return operator;
  }

  #value(keyword: Keyword, field: Field, operator: Operator, scope: Scope): FilterValue {
    const types = keyword.type === 'annotation' ? valueTypesOf(operator) : ([keyword.type] as const);
    for (const type of types) this.#want({ kind: 'value', type, field });
    const token = this.#peek();
    const value = this.#readValue(token, types, scope);
    if (value === undefined) {
      const asked = types.length === 1 && types[0] === 'string' && token.type === 'word';
      return this.#refuse(asked ? `Texts stand in double quotes: "${shortened(token.text)}".` : undefined);
    }
    this.#next();
    return value;
  }

  #readValue(
    token: Token,
    types: readonly ('boolean' | 'number' | 'string')[],
    scope: Scope,
  ): FilterValue | undefined {
    // X-Ray compares booleans with "the string true or false", which may stand in quotes.
    const onlyBoolean = types.length === 1 && types[0] === 'boolean';
    const text = token.type === 'word' ? token.text : token.type === 'string' ? token.value : undefined;
    if (types.includes('boolean') && (token.type === 'word' || onlyBoolean)) {
      const word = text?.toLowerCase();
      if (word === 'true' || word === 'false') return word === 'true';
    }
    if (types.includes('number') && token.type === 'number') return token.value;
    if (!types.includes('string')) return undefined;
    if (token.type === 'string') return token.value;
    // The guide has `name = traces` in a root cause, and quotes everywhere else.
    const mayBeBare = scope.startsWith('cause') || scope === 'response time entity';
    return mayBeBare && token.type === 'word' && !LOGICAL.has(token.text.toLowerCase())
      ? token.text
      : undefined;
  }

  #complex(word: string, scope: Scope): FilterExpression {
    this.#checkScope(word, ['trace'], scope);
    if (word === 'service') {
      const selector = this.#selectService();
      return { ...selector, ...this.#filter('service') };
    }
    if (word === 'edge') return { ...this.#selectEdge(), ...this.#filter('edge') };
    this.#next();
    if (word === 'rootcause.json') return this.#rootCauseJson();
    if (word === 'group.name' || word === 'group.arn') {
      const operator = this.#operator({ keyword: word }, ['=', '!=']) ?? this.#refuse();
      this.#want({ kind: 'group' });
      return {
        kind: 'group',
        by: word === 'group.name' ? 'name' : 'arn',
        operator: operator === '!=' ? '!=' : '=',
        value: this.#string(),
      };
    }
    const [, cause, part] = ROOT_CAUSE.exec(word) ?? [];
    const inside =
      cause === 'responsetime' && part === 'entity' ? 'response time entity' : `cause ${part ?? ''}`;
    return {
      kind: 'rootcause',
      cause: cause as CauseKind,
      part: part as RootCauseFilter['part'],
      ...this.#filter(inside as Scope),
    };
  }

  #rootCauseJson(): FilterExpression {
    const operator = this.#operator({ keyword: 'rootcause.json' }, ['=', '!=']) ?? this.#refuse();
    this.#want({ kind: 'json' });
    const token = this.#peek();
    if (token.type !== 'json') return this.#refuse();
    const flaw = checkCausePatterns(token.value);
    if (flaw !== undefined) return this.#refuse(flaw);
    this.#next();
    return {
      kind: 'rootcause.json',
      operator: operator === '!=' ? '!=' : '=',
      causes: token.value as readonly unknown[],
    };
  }

  #filter(scope: Scope): { readonly filter?: FilterExpression } {
    if (!this.#accept('{')) return {};
    this.#want({ kind: 'condition', scope });
    if (this.#accept('}')) return {};
    return { filter: this.#within('}', () => this.#either(scope)) };
  }

  #selectService(): EntitySelector & { kind: 'service' } {
    this.#next();
    this.#expect('(');
    this.#want({ kind: 'service name' });
    this.#want({ kind: 'sign', text: 'id(' });
    if (this.#accept(')')) return { kind: 'service' };
    const service = this.#servicePattern();
    this.#expect(')');
    return { kind: 'service', service };
  }

  #selectEdge(): EntitySelector & { kind: 'edge' } {
    this.#next();
    this.#expect('(');
    const source = this.#servicePattern();
    this.#expect(',');
    const destination = this.#servicePattern();
    this.#expect(')');
    return { kind: 'edge', source, destination };
  }

  #servicePattern(): ServicePattern {
    this.#want({ kind: 'service name' });
    this.#want({ kind: 'sign', text: 'id(' });
    const token = this.#peek();
    if (token.type === 'string') {
      this.#next();
      return { name: token.value };
    }
    if (token.type !== 'word' || token.text.toLowerCase() !== 'id') {
      return this.#refuse(
        token.type === 'word' ? `Names stand in double quotes: "${shortened(token.text)}".` : undefined,
      );
    }
    this.#next();
    this.#expect('(');
    const pattern: { name?: string; type?: string; accountId?: string } = {};
    do this.#idPart(pattern);
    while (this.#accept(','));
    this.#expect(')');
    return pattern;
  }

  #idPart(pattern: { name?: string; type?: string; accountId?: string }): void {
    const parts = { name: 'name', type: 'type', 'account.id': 'accountId' } as const;
    for (const [name, part] of Object.entries(parts)) {
      if (pattern[part] === undefined) this.#want({ kind: 'sign', text: `${name}:` });
    }
    const token = this.#peek();
    const word = token.type === 'word' ? token.text.toLowerCase() : '';
    const part = word === 'name' || word === 'type' || word === 'account.id' ? parts[word] : this.#refuse();
    if (pattern[part] !== undefined) return this.#refuse(`${word} stands twice in this id(…).`);
    this.#next();
    this.#expect(':');
    this.#want({ kind: ({ name: 'service name', type: 'type', accountId: 'account' } as const)[part] });
    pattern[part] = this.#string();
  }

  #string(): string {
    const token = this.#peek();
    if (token.type !== 'string') {
      return this.#refuse(
        token.type === 'word' ? `Texts stand in double quotes: "${shortened(token.text)}".` : undefined,
      );
    }
    this.#next();
    return token.value;
  }

  #within(close: string, read: () => FilterExpression): FilterExpression {
    this.#depth += 1;
    if (this.#depth > MAX_FILTER_DEPTH) {
      this.#refuse(`Parentheses and braces are nested more than ${MAX_FILTER_DEPTH} deep here.`);
    }
    const expression = read();
    this.#expect(close);
    this.#depth -= 1;
    return expression;
  }

  #peek(): Token {
    this.#token ??= tokenAt(this.#text, this.#offset);
    return this.#token;
  }

  #next(): void {
    const { position, length } = this.#peek();
    this.#offset = position + length;
    this.#token = undefined;
    this.#wants = [];
  }

  #want(want: Want): void {
    this.#wants.push(want);
  }

  #accept(sign: string): boolean {
    this.#want({ kind: 'sign', text: sign });
    const token = this.#peek();
    const found = token.type === 'symbol' && token.text === sign;
    if (found) this.#next();
    return found;
  }

  #acceptWord(word: string): boolean {
    this.#want({ kind: 'sign', text: word });
    const token = this.#peek();
    const found = token.type === 'word' && token.text.toUpperCase() === word;
    if (found) this.#next();
    return found;
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) this.#refuse();
  }

  #checkScope(name: string, scopes: readonly Scope[], scope: Scope): void {
    if (scopes.includes(scope)) return;
    const places = [...new Set(scopes.map((each) => SCOPE_NAMES[each]))].join(', ');
    const hint = name === 'name' && scope === 'trace' ? ' service("…") finds the traces of a service.' : '';
    this.#refuse(`${name} is not known ${SCOPE_NAMES[scope]}, but ${places}.${hint}`);
  }

  #refuseWord(token: Token & { type: 'word' }, scope: Scope): never {
    const names = [
      ...keywordsIn(scope).map(({ name }) => name),
      ...(scope === 'trace' ? COMPLEX_KEYWORDS : []),
    ];
    const nearest = nearestOf(token.text, names);
    const message = `${shortened(token.text)} is no keyword ${SCOPE_NAMES[scope]}${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`;
    return this.#refuse(message);
  }

  #refuse(message?: string): never {
    const token = this.#peek();
    const expected = describe(this.#wants);
    const got = token.type === 'end' ? 'the text ends here' : `got ${shown(this.#text, token)}`;
    const text = message ?? `Expected ${listed(expected)}; ${got}.`;
    throw new FilterError(`Character ${token.position + 1}: ${text}`, token, expected);
  }
}

function joined(kind: 'and' | 'or', operands: readonly FilterExpression[]): FilterExpression {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  // a AND (b AND c) is one list: parentheses that change nothing are no part of what was said.
  return {
    kind,
    operands: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand])),
  };
}

function fieldOf({ name, ours }: Keyword): Field {
  return { keyword: name, ...(ours === true && { ours }) };
}

function nameOf({ keyword, key }: Field): string {
  return key === undefined ? keyword : `${keyword}.${key}`;
}

function shown(text: string, { position, length }: Token): string {
  return shortened(text.slice(position, position + length));
}

function listed(choices: readonly string[]): string {
  if (choices.length <= 1) return choices.join('');
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}

/** For people: each choice once, and conditions as one. */
function describe(wants: readonly Want[]): readonly string[] {
  const choices = wants.flatMap((want): readonly string[] => {
    switch (want.kind) {
      case 'sign':
        return [want.text];
      case 'condition':
        return ['a condition'];
      case 'operators':
        return want.operators;
      case 'value':
        return [
          { boolean: 'true or false', number: 'a number', string: 'a text in double quotes' }[want.type],
        ];
      case 'service name':
        return ['a service name in double quotes'];
      case 'json':
        return ['#[…] with root causes as JSON'];
      case 'group':
      case 'type':
      case 'account':
        return ['a text in double quotes'];
    }
  });
  return [...new Set(choices)];
}
