import type { AlarmState, AlarmSummary } from '../../cloudwatch/view.ts';
import type { ServiceInfo } from '../../console-contract.ts';
import type { Edge, Service } from '../../xray/graph/trace-graph.ts';
import { filterForEdge, filterForService } from '../../xray/filter/write-filter.ts';
import type { Numbers } from './numbers.ts';
import { numbersOf } from './numbers.ts';
import type { ServiceKind } from './service-type.ts';
import { kindOf } from './service-type.ts';

/** What the map draws. Keys stay the same from one reading of the graph to the next. */
export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export interface MapNode {
  readonly key: string;
  /** The full name. */
  readonly name: string;
  /** The name that the reader wrote, where it is known: the key of a function in `serverless.yml`. */
  readonly label: string;
  /** Of a function that is known, in `serverless.yml`. */
  readonly functionKey?: string;
  /** The name of its service, of a function that is known where several services run. */
  readonly service?: string;
  readonly kind: ServiceKind;
  readonly type?: string;
  /** Whether it reports for itself, or is known from its callers alone. */
  readonly reports: boolean;
  /** Of every node but clients; of a function whose two nodes are joined, as the Lambda service answered its callers. */
  readonly numbers?: Numbers;
  /** Of a function whose two nodes are joined: what its own code took. */
  readonly ownNumbers?: Numbers;
  /** Those that watch it, in alarm first. */
  readonly alarms: readonly AlarmSummary[];
  /** The filter expression of the traces that reach it; of a client, of those that begin there. */
  readonly filter: (condition?: string) => string;
}

export interface MapEdge {
  readonly key: string;
  /** Keys of nodes. */
  readonly from: string;
  readonly to: string;
  /** Messages: nobody waited for the receiver, and the times are their ages. */
  readonly isLink: boolean;
  readonly numbers: Numbers;
  /** The filter expression of the traces in which one calls the other; of a link, of those that receive its messages. */
  readonly filter: (condition?: string) => string;
}

export interface ServiceMapOptions {
  readonly alarms?: readonly AlarmSummary[];
  readonly functions?: ServiceInfo['functions'];
  /** That the requests are spread over; without it no rates are told. */
  readonly minutes?: number | undefined;
  /** Whether a function's code and the Lambda service that runs it are two nodes, as X-Ray has them. */
  readonly lambdaApart?: boolean;
}

/** @param services as `/api/graph` answers them. */
export function serviceMapOf(
  services: readonly Service[],
  { alarms = [], functions = [], minutes, lambdaApart = false }: ServiceMapOptions = {},
): ServiceMap {
  /** The nodes of the Lambda service that stand in their function's node, by the key of that. */
  const joined = lambdaApart ? new Map<string, Service>() : lambdaOfFunctions(services);
  const hidden = new Map([...joined].map(([key, lambda]) => [keyOf(lambda), key]));
  const placeOf = (service: Service): string => hidden.get(keyOf(service)) ?? keyOf(service);
  const byReference = new Map(services.map((service) => [service.ReferenceId, service]));
  const severalServices = new Set(functions.map(({ service }) => service)).size > 1;
  const shown = services.filter((service) => !hidden.has(keyOf(service)));
  const nodes = shown.map((service): MapNode => {
    const { Name, Type, State } = service;
    const lambda = joined.get(keyOf(service));
    const numbers = numbersOfService(lambda ?? service, minutes);
    const ownNumbers = lambda && numbersOfService(service, minutes);
    const known = isOfLambda(Type) ? functions.find(({ name }) => name === Name) : undefined;
    const written = known?.key;
    const called = service.Edges.map(({ ReferenceId }) => byReference.get(ReferenceId)).find(
      (each) => each?.Root === true,
    );
    const matched = lambda ?? (Type === 'client' ? (called ?? service) : service);
    return {
      key: keyOf(service),
      name: Name,
      label: Type === 'client' ? 'Client' : (written ?? Name),
      ...(written !== undefined && Type !== 'AWS::Lambda' && { functionKey: written }),
      ...(severalServices && known?.service !== undefined && { service: known.service }),
      kind: kindOf(Type),
      ...(Type !== undefined && { type: Type }),
      reports: State === 'active',
      ...(numbers !== undefined && { numbers }),
      ...(ownNumbers !== undefined && { ownNumbers }),
      alarms: alarmsOf(service, written, alarms),
      filter: (condition) => filterForService(patternOf(matched), condition),
    };
  });
  const edges = services.flatMap((service) =>
    service.Edges.flatMap((edge): MapEdge[] => {
      const target = byReference.get(edge.ReferenceId);
      if (target === undefined) return [];
      const [from, to] = [placeOf(service), placeOf(target)];
      // Between the two nodes of one function; a function that calls itself has a call, which leads to the Lambda service.
      if (from === to && hidden.has(keyOf(service))) return [];
      const isLink = edge.EdgeType === 'link';
      // A link leads from one trace into another, and a client into none: what they reach is what can be asked for.
      const isAskedByTarget = isLink || service.Type === 'client';
      return [
        {
          // Of the nodes that X-Ray has, so that two that lead to one place are two.
          key: JSON.stringify([keyOf(service), keyOf(target), isLink]),
          from,
          to,
          isLink,
          numbers: numbersOf(edge.SummaryStatistics, timesOf(edge), minutes),
          filter: (condition) =>
            isAskedByTarget
              ? filterForService(patternOf(target), condition)
              : filterForEdge(patternOf(service), patternOf(target), condition),
        },
      ];
    }),
  );
  return { nodes: nodes.sort(byKey), edges: edges.sort(byKey) };
}

/** The node of the Lambda service, by the key of the function's own node, where X-Ray has both. */
function lambdaOfFunctions(services: readonly Service[]): Map<string, Service> {
  const keys = new Set(services.map(keyOf));
  return new Map(
    services
      .filter(({ Type }) => Type === 'AWS::Lambda')
      .map((lambda): [string, Service] => [keyOf({ ...lambda, Type: 'AWS::Lambda::Function' }), lambda])
      .filter(([key]) => keys.has(key)),
  );
}

function numbersOfService(
  { SummaryStatistics, ResponseTimeHistogram = [] }: Service,
  minutes: number | undefined,
): Numbers | undefined {
  return SummaryStatistics && numbersOf(SummaryStatistics, ResponseTimeHistogram, minutes);
}

/** Minutes from the first request to the last; a minute at least, so that one request is no rate of thousands. */
export function minutesOf(services: readonly Service[]): number {
  const start = services.reduce((least, { StartTime }) => Math.min(least, StartTime), Infinity);
  const end = services.reduce((most, { EndTime }) => Math.max(most, EndTime), -Infinity);
  return Math.max(1, (end - start) / 60);
}

/** The worst state of a node's alarms, where it has any that says something. */
export function alarmStateOf({ alarms }: MapNode): AlarmState | undefined {
  return (['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const).find((state) =>
    alarms.some((alarm) => alarm.state === state),
  );
}

function timesOf({ ResponseTimeHistogram, ReceivedEventAgeHistogram }: Edge): Numbers['histogram'] {
  return ResponseTimeHistogram ?? ReceivedEventAgeHistogram ?? [];
}

function keyOf({ Name, Type, AccountId }: Service): string {
  return JSON.stringify([Name, Type ?? '', AccountId ?? '']);
}

function patternOf({ Name, Type }: Service): { readonly name: string; readonly type?: string } {
  return { name: Name, ...(Type !== undefined && { type: Type }) };
}

function isOfLambda(type: string | undefined): boolean {
  return type === 'AWS::Lambda' || type === 'AWS::Lambda::Function';
}

/** Types of nodes whose alarms say which kind of resource they watch, and how they name it. */
const WATCHED: ReadonlyMap<string, string> = new Map([
  ['AWS::Lambda::Function', 'function'],
  ['AWS::SQS::Queue', 'queue'],
  ['AWS::SNS::Topic', 'topic'],
  ['AWS::DynamoDB::Table', 'table'],
  ['AWS::ApiGateway::Stage', 'api'],
  ['AWS::ApiGatewayV2::Stage', 'api'],
  ['AWS::StepFunctions::StateMachine', 'stateMachine'],
]);

function alarmsOf(
  { Name, Type }: Service,
  functionKey: string | undefined,
  alarms: readonly AlarmSummary[],
): readonly AlarmSummary[] {
  const kind = WATCHED.get(Type ?? '');
  if (kind === undefined) return [];
  // A stage is named after its API and itself, joined by a slash.
  const name = kind === 'api' ? Name.replace(/\/[^/]*$/, '') : Name;
  const names = new Set([name, Name, functionKey]);
  return alarms.filter(({ resource }) => resource?.kind === kind && names.has(lastPart(resource.name)));
}

/** A state machine's alarms name it by its ARN. */
function lastPart(name: string): string {
  return name.startsWith('arn:') ? name.slice(name.lastIndexOf(':') + 1) : name;
}

function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : Number(one.key > other.key);
}
