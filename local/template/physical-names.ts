import { createHash } from 'node:crypto';

/**
 * The name of a resource that the template leaves unnamed. CloudFormation makes it from the stack's name, the
 * logical id and a random ending; here the ending is a digest of the two, so that names survive a restart.
 */
export const physicalName = (options: {
  readonly stackName: string;
  readonly logicalId: string;
  /** The service's limit; the readable part is shortened to stay within it. */
  readonly maximumLength: number;
  /** `.fifo` for FIFO queues and topics. */
  readonly ending?: string;
}): string => {
  const { stackName, logicalId, maximumLength, ending = '' } = options;
  const unique = `-${digest(`${stackName}/${logicalId}`, 36).slice(0, 12).toUpperCase()}${ending}`;
  return `${stackName}-${logicalId}`.slice(0, maximumLength - unique.length) + unique;
};

/** Ten lower-case letters and digits, as API Gateway's ids are; the same seed always gives the same id. */
export const shortId = (seed: string): string => digest(seed, 36).slice(0, 10);

/** A UUID in form; the same seed always gives the same one. */
export const stableUuid = (seed: string): string => {
  const hex = digest(seed, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

const digest = (seed: string, radix: 16 | 36): string =>
  BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString(radix)
    .padStart(48, '0');
