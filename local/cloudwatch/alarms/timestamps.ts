/** The forms in which CloudWatch writes times; all are UTC. Arguments are epoch milliseconds. */

/** `2024-04-09T08:56:06.384+0000` */
export function timestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** `02/10/19 16:59:00` */
export function shortDate(at: number): string {
  const [year = '', month = '', day = '', time = ''] = new Date(at).toISOString().split(/[-T.]/);
  return `${day}/${month}/${year.slice(2)} ${time}`;
}

/** `Wednesday 10 November, 2021 02:45:55 UTC` */
export function longDate(at: number): string {
  const date = new Date(at);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(date);
  const day = date.toISOString().slice(8, 10);
  return `${part({ weekday: 'long' })} ${day} ${part({ month: 'long' })}, ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`;
}

/** A number as Java writes it, and so CloudWatch: `5.0`, `0.337675`, `1.0E7`, `5.0E-5`. */
export function javaNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
