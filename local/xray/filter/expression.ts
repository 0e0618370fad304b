/**
 * X-Ray's filter expressions, read. `parseFilter` makes them, `printFilter` writes them, `matchesFilter` asks them of a
 * trace, and `requirementsOf` says of them what an index can answer.
 */
import type { CauseKind } from '../graph/root-causes.ts';
import type { ServicePattern } from '../graph/service-pattern.ts';

/** Where a condition stands: it speaks of the trace, or of the one thing that the braces around it are about. */
export type Scope =
  | 'trace'
  | 'service'
  | 'edge'
  | 'cause service'
  | 'cause entity'
  | 'cause exception'
  | 'response time entity';

export type FilterExpression =
  /** An empty text: every trace. */
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly operand: FilterExpression }
  /** The keyword has a value. A boolean annotation is asked for its value instead. */
  | { readonly kind: 'set'; readonly field: Field }
  | Comparison
  | ServiceFilter
  | EdgeFilter
  | RootCauseFilter
  | RootCauseJson
  | {
      readonly kind: 'group';
      readonly by: 'name' | 'arn';
      readonly operator: '=' | '!=';
      readonly value: string;
    };

export interface Comparison {
  readonly kind: 'comparison';
  readonly field: Field;
  readonly operator: Operator;
  readonly value: FilterValue;
}

export type FilterValue = string | number | boolean;

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH';

export interface Field {
  /** In the spelling of the table of keywords, however it was written. */
  readonly keyword: string;
  /** The annotation's key; of the keywords `annotation`, `source.annotation` and `destination.annotation` alone. */
  readonly key?: string;
  /** A keyword of Lantern's, which X-Ray in AWS does not know. */
  readonly ours?: true;
}

/** `service(…) {…}`: one segment of such a service meets the filter. Without a pattern: of any service. */
export interface ServiceFilter {
  readonly kind: 'service';
  readonly service?: ServicePattern;
  readonly filter?: FilterExpression;
}

/** `edge(…, …) {…}`: one call from one service to the other meets the filter. */
export interface EdgeFilter {
  readonly kind: 'edge';
  readonly source: ServicePattern;
  readonly destination: ServicePattern;
  readonly filter?: FilterExpression;
}

/** `rootcause.fault.entity {…}`: one element of one root cause meets the filter. */
export interface RootCauseFilter {
  readonly kind: 'rootcause';
  readonly cause: CauseKind;
  readonly part: 'service' | 'entity' | 'exception';
  readonly filter?: FilterExpression;
}

/** `rootcause.json = #[…]`: for each of the patterns there is a root cause of any kind that has what it has. */
export interface RootCauseJson {
  readonly kind: 'rootcause.json';
  readonly operator: '=' | '!=';
  readonly causes: readonly unknown[];
}

/** Thrown for a text that is no filter expression. The message says where, what was expected and what came. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** From 0, in UTF-16 units as JavaScript counts. */
  readonly position: number;
  /** Of what is wrong; 0 where something is missing at the end. */
  readonly length: number;
  /** What could stand there instead, for people. */
  readonly expected: readonly string[];

  constructor(message: string, where: { position: number; length: number }, expected: readonly string[]) {
    super(message);
    this.position = where.position;
    this.length = where.length;
    this.expected = expected;
  }
}
