/** A trace id of X-Ray, of a trace header (`Root=…`), or of OpenTelemetry: 32 hexadecimal digits. */
const IN_TEXT = /(?:^|Root=)1-([0-9a-f]{8})-([0-9a-f]{24})(?:$|;)/i;
const OF_OPENTELEMETRY = /^([0-9a-f]{8})([0-9a-f]{24})$/i;

/** The trace id that a text from a log line, a header or a page names, as X-Ray writes it; undefined where there is none. */
export function readTraceId(text: string): string | undefined {
  const [, time, random] = IN_TEXT.exec(text.trim()) ?? OF_OPENTELEMETRY.exec(text.trim()) ?? [];
  return time === undefined ? undefined : `1-${time}-${random}`;
}
