import { Compile, parse } from 'velocityjs';
import { messageOf } from '../message-of.ts';
import type { MockDefinition } from '../template/service.ts';
import { mediaType } from './proxy-event.ts';
import type { Header } from './request.ts';
import { headerValue, restQueryParameters } from './request.ts';
import type { RequestValues } from './request-values.ts';
import { valueOf } from './request-values.ts';
import type { GatewayResponse } from './response.ts';
import { restError } from './response.ts';

/**
 * What a mock integration of a REST API answers: its request template makes a status, and the response for that status
 * the answer.
 */
export function mockResponse(mock: MockDefinition, body: Buffer, values: RequestValues): GatewayResponse {
  try {
    const type = mediaType(headerValue(values.request.headers, 'content-type') ?? 'application/json');
    const template = own(mock.requestTemplates, type) ?? body.toString();
    const asked = statusIn(render(template, body, values).text);
    const selected =
      mock.responses.find(({ selectionPattern }) => matches(selectionPattern, String(asked))) ??
      mock.responses.find(({ selectionPattern }) => selectionPattern === undefined);
    if (selected === undefined)
      return failed(`no response of the mock integration is for the status ${asked}`);
    const [contentType = 'application/json', answer = ''] = Object.entries(selected.templates)[0] ?? [];
    const { text, override } = render(answer, body, values);
    const headers = Object.entries(selected.headers).flatMap(([name, expression]): Header[] => {
      const value = valueOf(expression, values);
      return value === undefined ? [] : [[name, value]];
    });
    return {
      status: Number(override.status ?? selected.status),
      headers: merged([['Content-Type', contentType], ...headers], Object.entries(override.header)),
      body: Buffer.from(text.trim() === '' ? '' : text),
    };
  } catch (error) {
    return failed(`the mock integration's template: ${messageOf(error)}`);
  }
}

function failed(reason: string): GatewayResponse {
  return restError('invoke-failed', reason);
}

function matches(pattern: string | undefined, text: string): boolean {
  return pattern !== undefined && new RegExp(`^(?:${pattern})$`).test(text);
}

/** The template makes JSON, or nearly: the Serverless Framework writes `{statusCode:200}`. */
function statusIn(text: string): number {
  const status = /["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(text)?.[1];
  if (status === undefined)
    throw new Error(`expected an object with a statusCode, got ${JSON.stringify(text.slice(0, 80))}`);
  return Number(status);
}

/** What a template may set beside its text. */
interface ResponseOverride {
  status?: unknown;
  readonly header: Record<string, unknown>;
}

/** Java's `matches` wants the whole text. */
const JAVA_MATCHES = {
  uid: 'java-matches',
  match: ({ property, context }: { property: string; context: unknown }) =>
    property === 'matches' && typeof context === 'string',
  resolve: ({ context, params }: { context: string; params: unknown[] }) =>
    matches(String(params[0]), context),
};

function render(
  template: string,
  body: Buffer,
  values: RequestValues,
): { readonly text: string; readonly override: ResponseOverride } {
  const override: ResponseOverride = { header: {} };
  const { request, pathParameters } = values;
  const text = new Compile(parse(template), { escape: false, customMethodHandlers: [JAVA_MATCHES] }).render({
    input: {
      body: body.toString(),
      // Without the parameter it is an empty text, which templates compare with.
      params: (name: string) =>
        own(pathParameters, name) ??
        restQueryParameters(request.rawQueryString).findLast(([key]) => key === name)?.[1] ??
        headerValue(request.headers, name.toLowerCase()) ??
        '',
    },
    context: { ...values.context, responseOverride: override },
    stageVariables: {},
  });
  return { text, override };
}

function own(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function merged(headers: readonly Header[], overrides: ReadonlyArray<readonly [string, unknown]>): Header[] {
  const set = overrides.map(([name, value]): Header => [name, String(value)]);
  const last = new Map(
    [...headers, ...set].map(([name, value]) => [name.toLowerCase(), [name, value] as const]),
  );
  return [...last.values()];
}
