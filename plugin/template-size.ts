/** Bytes of a template in S3, where the Serverless Framework puts it: "AWS CloudFormation quotas", 1 MB. */
export const LARGEST_TEMPLATE = 1_000_000;

/**
 * Whether a template is larger than CloudFormation takes, which it would say only when the deployment fails.
 *
 * @returns one message with the sizes and how to have less; nothing below the limit.
 */
export function templateSizeProblems(
  template: Readonly<Record<string, unknown>>,
  dashboards: unknown,
): readonly string[] {
  const size = sizeOf(template);
  if (size <= LARGEST_TEMPLATE) return [];
  return [
    `the template has ${size} bytes, and CloudFormation takes ${LARGEST_TEMPLATE}; ${sizeOf(dashboards)} of them are the ` +
      'dashboards. To have less, switch off the larger of them (custom.lantern.dashboards.resources: false), or split ' +
      'the service.',
  ];
}

/** As it is uploaded: without white space. */
const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
