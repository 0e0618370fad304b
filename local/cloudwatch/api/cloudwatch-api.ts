import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsApiError, toAwsApiError } from '../../http/aws-error.ts';
import type { JsonObject } from '../../json.ts';
import type { AlarmService } from '../alarms/alarm-service.ts';
import type { MetricClock } from '../metrics/clock.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { AlarmsApi } from './alarms-api.ts';
import { MetricsApi } from './metrics-api.ts';
import { protocolOf, readCall } from './protocol.ts';

/** The API of CloudWatch, as clients of AWS call it: its metrics and alarms. Signatures are not looked at. */
export class CloudWatchApi {
  readonly #operations: ReadonlyMap<string, (input: JsonObject) => object>;

  constructor(options: {
    readonly store: MetricStore;
    readonly clock: MetricClock;
    readonly alarms: AlarmService;
  }) {
    const metrics = new MetricsApi(options.store, options.clock);
    const alarms = new AlarmsApi(options.alarms);
    this.#operations = new Map<string, (input: JsonObject) => object>([
      ['GetMetricData', (input) => metrics.getMetricData(input)],
      ['GetMetricStatistics', (input) => metrics.getMetricStatistics(input)],
      ['ListMetrics', (input) => metrics.listMetrics(input)],
      ['PutMetricData', (input) => metrics.putMetricData(input)],
      ['DescribeAlarms', (input) => alarms.describeAlarms(input)],
      ['DescribeAlarmHistory', (input) => alarms.describeAlarmHistory(input)],
      ['SetAlarmState', (input) => alarms.setAlarmState(input)],
    ]);
  }

  /** Whether a request speaks one of CloudWatch's protocols; also for an operation that is not served here. */
  isAsked(request: IncomingMessage): boolean {
    return protocolOf(request) !== undefined;
  }

  /**
   * Answers an operation.
   *
   * @throws AwsApiError or RequestError when it is refused: see `refuse`.
   */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const protocol = protocolOf(request);
    if (protocol === undefined) return;
    const { operation, input } = await readCall(request, protocol);
    const answer = this.#operations.get(operation);
    if (answer === undefined) {
      const known = [...this.#operations.keys()].join(', ');
      const message = `CloudWatch's ${operation || 'operation without a name'} is not served here; ${known} are.`;
      throw new AwsApiError(400, 'InvalidAction', message);
    }
    protocol.answer(response, operation, answer(input));
  }

  refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const types = {
      tooLarge: 'RequestEntityTooLarge',
      malformed: 'InvalidParameterValue',
      fault: 'InternalServiceFault',
    };
    protocolOf(request)?.refuse(response, toAwsApiError(error, types));
  }
}
