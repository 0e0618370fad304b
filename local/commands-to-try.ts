/** What the banner and the empty page suggest: commands that the routes of the service can take, or run its schedules. */
import { scheduleId } from './console-contract.ts';
import { asText, isObject, objectsIn } from './json.ts';
import type { LocalPorts } from './ports.ts';
import type { ApiDefinition, RouteDefinition, ServiceDefinition } from './template/service.ts';

/** As many routes are shown as fit beside everything else. */
const MOST = 2;

const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The commands of the settings with the API's address filled in; without any, one for each of the first routes. Where there is no
 * API, one that puts a file where a function waits for it, and where there is no such bucket, those that run the first schedules.
 */
export function commandsToTry(
  { apis, buckets, rules, schedules }: Pick<ServiceDefinition, 'apis' | 'buckets' | 'rules' | 'schedules'>,
  ports: Pick<LocalPorts, 'api' | 'buckets' | 'console'>,
  commands: readonly string[],
): string[] {
  const address = `http://localhost:${ports.api(0)}`;
  if (commands.length > 0) return commands.map((command) => command.replaceAll('{api}', address));
  const [api] = apis;
  if (api !== undefined && api.routes.length > 0) {
    return api.routes.slice(0, MOST).map((route) => commandFor(route, api, address));
  }
  const uploads = uploadsTo(buckets, `http://localhost:${ports.buckets}`);
  return uploads.length > 0 ? uploads : runsOf(rules, schedules, ports.console);
}

function runsOf(
  rules: ServiceDefinition['rules'],
  schedules: ServiceDefinition['schedules'],
  port: number,
): string[] {
  const ids = [
    ...rules.flatMap(({ schedule, busName, name }) =>
      schedule === undefined ? [] : [scheduleId('rule', busName, name)],
    ),
    ...schedules.map(({ name, properties }) =>
      scheduleId('schedule', asText(properties.GroupName) ?? 'default', name),
    ),
  ];
  return ids
    .slice(0, MOST)
    .map((id) => `npx lambda-lantern schedules --run ${quoted(id)}${port === 3001 ? '' : ` --port ${port}`}`);
}

function uploadsTo(buckets: ServiceDefinition['buckets'], address: string): string[] {
  const uploads = buckets.flatMap(({ name, notifications }) =>
    notifications
      .filter(({ events }) => events.some((event) => event.startsWith('s3:ObjectCreated:')))
      .map(({ prefix, suffix }) => {
        const path = `${prefix}example${suffix}`.split('/').map(encodeURIComponent).join('/');
        return `curl -i -T ${quoted(`example${suffix}`)} ${quoted(`${address}/${name}/${path}`)} # any file of yours`;
      }),
  );
  return uploads.slice(0, MOST);
}

function commandFor(route: RouteDefinition, api: ApiDefinition, address: string): string {
  const { requestCheck } = route;
  const method = route.method === 'ANY' ? 'GET' : route.method;
  const toFillIn: string[] = [];
  const path = (route.path === '$default' ? '/' : route.path).replaceAll(/\{(\w+)(\+?)\}/g, '1');
  const needed = (place: string): string[] =>
    (requestCheck?.parameters ?? []).flatMap((parameter) => {
      const prefix = `method.request.${place}.`;
      return parameter.startsWith(prefix) ? [parameter.slice(prefix.length)] : [];
    });
  const query = needed('querystring').map((name) => `${encodeURIComponent(name)}=1`);
  const headers = needed('header')
    .filter((name) => name.toLowerCase() !== 'authorization')
    .map((name) => `${name}: 1`);
  if (route.apiKeyRequired === true) {
    const key = api.apiKeys?.[0]?.value;
    if (key === undefined) toFillIn.push('the API key');
    headers.push(`x-api-key: ${key ?? '…'}`);
  }
  const { authorizer } = route;
  if (authorizer !== undefined && authorizer.kind !== 'unchecked') {
    if (authorizer.kind === 'iam' || authorizer.claims === undefined) {
      toFillIn.push(authorizer.kind === 'iam' ? 'a signature' : 'what the authorizer asks for');
      headers.push('authorization: …');
    }
  }
  const body: string[] = [];
  if (WITH_BODY.has(method)) {
    const schema = requestCheck?.models['application/json'];
    if (schema === undefined) toFillIn.push('the body');
    headers.push('content-type: application/json');
    body.push(`-d ${quoted(JSON.stringify(schema === undefined ? {} : exampleOf(schema)))}`);
  }
  const url = `${address}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  return [
    'curl -i',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    query.length > 0 ? quoted(url) : url,
    ...headers.map((header) => `-H ${quoted(header)}`),
    ...body,
    ...(toFillIn.length > 0 ? [` # fill in ${toFillIn.join(' and ')}`] : []),
  ].join(' ');
}

/** For the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The smallest value that a JSON schema of draft 4 takes, as far as its plain words go. */
function exampleOf(schema: unknown): unknown {
  if (!isObject(schema)) return {};
  const { default: given, enum: choices, allOf, anyOf, oneOf } = schema;
  if (given !== undefined) return given;
  if (Array.isArray(choices)) return choices[0] as unknown;
  const [alternative] = objectsIn(anyOf ?? oneOf);
  if (alternative !== undefined) return exampleOf(alternative);
  const parts = objectsIn(allOf);
  if (parts.length > 0) return Object.assign({}, ...parts.map(exampleOf)) as unknown;
  switch ([schema.type].flat()[0]) {
    case 'string':
      return exampleText(schema);
    case 'integer':
    case 'number': {
      const least = Number(schema.minimum ?? Math.min(1, Number(schema.maximum ?? 1)));
      return schema.exclusiveMinimum === true ? least + 1 : least;
    }
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () => exampleOf(schema.items));
    default: {
      const properties = isObject(schema.properties) ? schema.properties : {};
      const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
      return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name])]));
    }
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2030-01-01T00:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com',
};

function exampleText({ format, minLength, maxLength }: Readonly<Record<string, unknown>>): string {
  const word = FORMATS[asText(format) ?? ''] ?? 'text';
  return word.padEnd(Number(minLength ?? 0), 'x').slice(0, Number(maxLength ?? Number.POSITIVE_INFINITY));
}
