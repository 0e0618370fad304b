import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { clientErrorText } from '../client-error.ts';
import { credentialsOnThisMachine } from '../packaging/without-account.ts';

/**
 * Asks CloudWatch with a client of one's own.
 *
 * @throws Error for people, of whatever goes wrong.
 */
export async function withCloudWatch<Answer>(
  { region, profile }: { readonly region: string; readonly profile: string | undefined },
  ask: (client: CloudWatchClient) => Promise<Answer>,
): Promise<Answer> {
  const client = new CloudWatchClient({
    region,
    ...(profile !== undefined && { profile }),
    ...credentialsOnThisMachine('CLOUDWATCH', profile),
  });
  try {
    return await ask(client);
  } catch (error) {
    throw new Error(
      `CloudWatch was not read: ${clientErrorText(error, 'it', ['AWS_ENDPOINT_URL_CLOUDWATCH'])}`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}
