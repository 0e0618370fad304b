import type { AccessLogEntry } from './api-gateway/api-gateway.ts';
import type { Transition } from './cloudwatch/actions/transition.ts';
import type { InvocationReport, LogEvent } from './lambda/invocation.ts';
import { reportFields } from './lambda/platform-log.ts';
import { printable } from './printable.ts';

export interface TerminalOptions {
  /** Writes one line. */
  readonly write: (line: string) => void;
  /** The functions whose lines will appear: their names share one column. */
  readonly functionKeys: readonly string[];
}

const SHOWN_AT_ONCE = 3;

/** What a developer sees in the terminal while the service runs: each line behind the name of who wrote it. */
export class Terminal {
  readonly #write: (line: string) => void;
  readonly #width: number;

  constructor({ write, functionKeys }: TerminalOptions) {
    this.#write = write;
    this.#width = Math.max(7, ...functionKeys.map((key) => key.length));
  }

  /** A line of a function's own. The service's lines are left to {@link Terminal.report}, which says it shorter. */
  log({ functionKey, source, message }: LogEvent): void {
    if (source !== 'platform') this.#lines(functionKey, message);
  }

  /** Lambda's REPORT, in one line. */
  report(report: InvocationReport): void {
    const fields = reportFields(report);
    if (report.status !== 'success') fields.push(`Status: ${report.status}`);
    if (report.sampled) fields.push(`XRAY TraceId: ${report.traceId}`);
    this.#lines(report.functionKey, fields.join('  '));
  }

  /** An HTTP request, and why the gateway answered it in the function's place, where it did. */
  request({ method, path, status, duration, reason }: AccessLogEntry): void {
    const answer = status === undefined ? 'left before it was answered' : String(status);
    this.#lines(
      'http',
      `${method} ${path}  ${answer}  ${duration.toFixed(0)} ms${reason ? `  ${reason}` : ''}`,
    );
  }

  /** Changes of alarms' states; many that only became OK at once, as after a start, in one line. */
  transitions(transitions: readonly Transition[]): void {
    const begun = transitions.filter(isBeginning);
    const shown =
      begun.length > SHOWN_AT_ONCE ? transitions.filter((each) => !isBeginning(each)) : transitions;
    if (shown.length < transitions.length) this.#lines('alarm', `${begun.length} alarms are OK`);
    for (const { alarm, state, previous } of shown) {
      this.#lines('alarm', `${alarm.name}: ${previous.value} -> ${state.value} (${state.reason})`);
    }
  }

  /** What an alarm tells people. */
  message(text: string): void {
    this.#lines('alarm', text);
  }

  /** Something that Lantern itself has to say. */
  notice(text: string): void {
    this.#lines('lantern', text);
  }

  /** Text as it is. */
  text(text: string): void {
    this.#write(text);
  }

  #lines(who: string, text: string): void {
    for (const line of text.split('\n')) this.#write(`${who.padEnd(this.#width)} | ${printable(line)}`);
  }
}

function isBeginning({ state, previous }: Transition): boolean {
  return previous.value === 'INSUFFICIENT_DATA' && state.value === 'OK';
}
