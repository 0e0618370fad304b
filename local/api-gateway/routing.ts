import { decodePercent } from '../http/target.ts';
import { decodePath, oneSlashEach } from './paths.ts';
import type { ApiDefinition, MethodDefinition } from '../template/service.ts';

/** The route that answers a request. */
export interface RouteMatch<Route> {
  readonly route: Route;
  /** Percent-decoded for an HTTP API; as they came for a REST API. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the route for a method and a percent-encoded path. */
export type Router<Route> = (method: string, rawPath: string) => RouteMatch<Route> | undefined;

/** The path of an HTTP API's route that takes whatever no other route takes. */
export const DEFAULT_ROUTE = '$default';

/**
 * Matches as the real gateways do: at each segment a literal beats `{param}`, which beats `{proxy+}`, and on the
 * same path a method beats `ANY`.
 *
 * A REST API chooses the path first, so a path that has only other methods is unknown, and it ignores slashes at
 * both ends. An HTTP API looks only at routes that take the method, goes on to a less specific path or `$default`,
 * takes a slash at the end for a part of the path, and several slashes for one.
 */
export function createRouter<Route extends MethodDefinition>(api: {
  readonly kind: ApiDefinition['kind'];
  readonly routes: readonly Route[];
}): Router<Route> {
  const templates = api.routes
    .filter((route) => route.path !== DEFAULT_ROUTE)
    .map((route) => toTemplate(route, api.kind))
    .sort(
      (a, b) =>
        compare(a.rank, b.rank) || Number(a.route.method === 'ANY') - Number(b.route.method === 'ANY'),
    );
  const fallback = api.routes.find((route) => route.path === DEFAULT_ROUTE);

  return (method, rawPath) => {
    const path = splitPath(api.kind === 'HTTP' ? oneSlashEach(rawPath) : rawPath, api.kind);
    const matches: (RouteMatch<Route> & { readonly rank: string })[] = [];
    for (const { route, segments, rank } of templates) {
      const pathParameters = matchSegments(segments, path, api.kind);
      if (pathParameters !== undefined) matches.push({ route, pathParameters, rank });
    }
    const candidates =
      api.kind === 'REST' ? matches.filter(({ rank }) => rank === matches[0]?.rank) : matches;
    const match = candidates.find(({ route }) => route.method === method || route.method === 'ANY');
    if (match !== undefined) return { route: match.route, pathParameters: match.pathParameters };
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
}

type TemplateSegment =
  { readonly literal: string } | { readonly parameter: string; readonly greedy: boolean };

interface Template<Route> {
  readonly route: Route;
  readonly segments: readonly TemplateSegment[];
  /** One digit a segment: of two templates that match, the smaller is the more specific. */
  readonly rank: string;
}

function toTemplate<Route extends MethodDefinition>(
  route: Route,
  kind: ApiDefinition['kind'],
): Template<Route> {
  const segments = splitPath(route.path, kind).map((text): TemplateSegment => {
    const parameter = /^\{([^{}+]+)(\+?)\}$/.exec(text);
    return parameter?.[1] === undefined
      ? { literal: text }
      : { parameter: parameter[1], greedy: parameter[2] === '+' };
  });
  const rank = segments.map((segment) => ('literal' in segment ? '0' : segment.greedy ? '2' : '1')).join('');
  return { route, segments, rank };
}

function splitPath(path: string, kind: ApiDefinition['kind']): string[] {
  const segments = path.slice(1).split('/');
  while (kind === 'REST' && segments.at(-1) === '') segments.pop();
  while (kind === 'REST' && segments[0] === '') segments.shift();
  return segments;
}

function matchSegments(
  template: readonly TemplateSegment[],
  path: readonly string[],
  kind: ApiDefinition['kind'],
): Record<string, string> | undefined {
  const parameters: [string, string][] = [];
  for (const [index, segment] of template.entries()) {
    const text = path[index];
    if (text === undefined) return undefined;
    if ('literal' in segment) {
      if (decodePercent(text) !== segment.literal) return undefined;
    } else {
      const value = segment.greedy ? path.slice(index).join('/') : text;
      if (value === '') return undefined;
      parameters.push([segment.parameter, kind === 'HTTP' ? decodePath(value) : value]);
      if (segment.greedy) return Object.fromEntries(parameters);
    }
  }
  return path.length === template.length ? Object.fromEntries(parameters) : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
