/** Filter expressions as text: of an expression that was read, and of what a reader points at on the page. */
import type { ServicePattern } from '../graph/service-pattern.ts';
import type { EntityStatus } from '../trace.ts';
import { CORRELATION_ID } from './facts.ts';
import type { Comparison, Field, FilterExpression, FilterValue } from './expression.ts';

/** Writes an expression so that `parseFilter` reads the same again. */
export function printFilter(expression: FilterExpression): string {
  switch (expression.kind) {
    case 'all':
      return '';
    case 'and':
      return expression.operands
        .map((operand) => (operand.kind === 'or' ? `(${printFilter(operand)})` : printFilter(operand)))
        .join(' AND ');
    case 'or':
      return expression.operands.map(printFilter).join(' OR ');
    case 'not':
      return standsAlone(expression.operand)
        ? `!${printFilter(expression.operand)}`
        : `!(${printFilter(expression.operand)})`;
    case 'set':
      return printField(expression.field);
    case 'comparison':
      if (isBareFlag(expression)) return printField(expression.field);
      return `${printField(expression.field)} ${expression.operator} ${printValue(expression.value)}`;
    case 'service':
      return `service(${printService(expression.service ?? {})})${braces(expression.filter)}`;
    case 'edge':
      return `${printEdge(expression.source, expression.destination)}${braces(expression.filter)}`;
    case 'rootcause':
      return `rootcause.${expression.cause}.${expression.part}${braces(expression.filter)}`;
    case 'rootcause.json':
      return `rootcause.json ${expression.operator} #${JSON.stringify(expression.causes)}`;
    case 'group':
      return `group.${expression.by} ${expression.operator} ${quote(expression.value)}`;
  }
}

/** Requests that reach the service, and in one segment of it meet `filter`. */
export function filterForService(service: ServicePattern, filter = ''): string {
  return `service(${printService(service)})${filter === '' ? '' : ` { ${filter} }`}`;
}

/** Requests that reach one of these services, by their names. */
export function filterForAnyService(names: readonly string[]): string {
  return names.map((name) => filterForService({ name })).join(' OR ');
}

/** Requests in which one service called the other, and in one call `filter` is met. */
export function filterForEdge(source: ServicePattern, destination: ServicePattern, filter = ''): string {
  return `${printEdge(source, destination)}${filter === '' ? '' : ` { ${filter} }`}`;
}

export function filterForAnnotation(key: string, value: FilterValue): string {
  return `${printField({ keyword: 'annotation', key })} = ${printValue(value)}`;
}

/** Requests that belong to one business request. */
export function filterForCorrelation(correlationId: string): string {
  return filterForAnnotation(CORRELATION_ID, correlationId);
}

/** Requests in which the worst that happened, anywhere in them, is this, as far as it happened to a service. */
export function filterForWorst(status: EntityStatus): string {
  return {
    fault: 'service() { fault }',
    throttle: 'service() { throttle }',
    error: 'service() { error AND !throttle }',
    in_progress: 'partial',
    ok: '!service() { fault OR error } AND !partial',
  }[status];
}

/**
 * Requests that took so long, in seconds; both ends belong to the range.
 *
 * @param keyword `duration` reaches to the end of everything, `responsetime` to the answer. @default 'duration'
 */
export function filterForDuration(
  { least, most }: { readonly least?: number; readonly most?: number },
  keyword: 'duration' | 'responsetime' = 'duration',
): string {
  return [
    ...(least === undefined ? [] : [`${keyword} >= ${least}`]),
    ...(most === undefined ? [] : [`${keyword} <= ${most}`]),
  ].join(' AND ');
}

/** A text in double quotes, whatever is in it. */
export function quote(text: string): string {
  // What JSON escapes is what the language escapes.
  return JSON.stringify(text);
}

/** Whether a `!` in front of it cannot be misread. */
function standsAlone(expression: FilterExpression): boolean {
  if (expression.kind === 'and' || expression.kind === 'or' || expression.kind === 'group') return false;
  return expression.kind !== 'comparison' || isBareFlag(expression);
}

/** A boolean keyword stands alone; an annotation that stands alone would ask whether it is set. */
function isBareFlag({ field, operator, value }: Comparison): boolean {
  return field.key === undefined && operator === '=' && value === true;
}

function braces(filter: FilterExpression | undefined): string {
  return filter === undefined ? '' : ` { ${printFilter(filter)} }`;
}

/** Keys that can be written behind a dot; a dot inside would read as well, but brackets are what the guide has for it. */
const PLAIN_KEY = /^[A-Za-z0-9_]+$/;
const BRACKET_KEY = /^[^\s"[\]](?:[^"[\]]*[^\s"[\]])?$/;

export function printField({ keyword, key }: Field): string {
  if (key === undefined) return keyword;
  if (PLAIN_KEY.test(key)) return `${keyword}.${key}`;
  return BRACKET_KEY.test(key) ? `${keyword}[${key}]` : `${keyword}[${quote(key)}]`;
}

export function printValue(value: FilterValue): string {
  return typeof value === 'string' ? quote(value) : String(value);
}

function printService({ name, type, accountId }: ServicePattern): string {
  if (type === undefined && accountId === undefined) return name === undefined ? '' : quote(name);
  const parts = [
    ...(name === undefined ? [] : [`name: ${quote(name)}`]),
    ...(type === undefined ? [] : [`type: ${quote(type)}`]),
    ...(accountId === undefined ? [] : [`account.id: ${quote(accountId)}`]),
  ];
  return `id(${parts.join(', ')})`;
}

function printEdge(source: ServicePattern, destination: ServicePattern): string {
  return `edge(${printService(source)}, ${printService(destination)})`;
}
