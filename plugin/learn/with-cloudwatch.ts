import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';

/**
 * Asks CloudWatch with a client of one's own.
 *
 * @throws Error for people, of whatever goes wrong.
 */
export async function withCloudWatch<Answer>(
  { region, profile }: { readonly region: string; readonly profile: string | undefined },
  ask: (client: CloudWatchClient) => Promise<Answer>,
): Promise<Answer> {
  const client = new CloudWatchClient({ region, ...(profile !== undefined && { profile }) });
  try {
    return await ask(client);
  } catch (error) {
    throw new Error(`CloudWatch was not read: ${messageOf(error)}`, { cause: error });
  } finally {
    client.destroy();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ECONNREFUSED') {
    return `it does not answer (${error.message}). Look at AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_CLOUDWATCH.`;
  }
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
