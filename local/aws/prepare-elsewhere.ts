/** What has to be where calls go that are not served here: tables and queues, and the credentials that AWS itself asks for. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AwsCredentials } from '../lambda/environment-variables.ts';
import { createQueue } from '../messaging/queue-client.ts';
import { createTableInput } from '../tables/table-properties.ts';
import type { ServiceDefinition } from '../template/service.ts';
import type { AwsEndpoints } from './aws-endpoints.ts';

/**
 * Makes the tables and queues of the service at the emulators that were chosen, where they are missing. In AWS itself nothing
 * is made.
 *
 * @returns what will not be as the template says, in sentences.
 * @throws Error that names the emulator, when it refuses or does not answer.
 */
export async function prepareElsewhere(
  endpoints: AwsEndpoints,
  { tables, queues, topics, eventSourceMappings, region }: ServiceDefinition,
): Promise<string[]> {
  const { open } = endpoints;
  const database = endpoints.chosen('dynamodb');
  if (database !== undefined && tables.length > 0) {
    const credentials = { accessKeyId: 'LANTERNLOCAL', secretAccessKey: 'lantern-local' };
    const client = new DynamoDBClient({ endpoint: database, region, credentials });
    try {
      for (const table of tables) {
        await client.send(new CreateTableCommand(createTableInput(table))).catch((error: unknown) => {
          if ((error as Error).name !== 'ResourceInUseException') throw failed(table.name, database, error);
        });
      }
    } finally {
      client.destroy();
    }
  }
  const queueing = endpoints.chosen('sqs');
  for (const { name, attributes } of queueing === undefined ? [] : queues) {
    await createQueue(String(queueing), name, attributes).catch((error: unknown) => {
      throw failed(name, String(queueing), error);
    });
  }
  const warnings: string[] = [];
  if (open.includes('dynamodb') && tables.length > 0) {
    warnings.push(
      'Tables are those of AWS itself: none is made, and they have to have the names of this template.',
    );
  }
  if (open.includes('sqs') && eventSourceMappings.length > 0) {
    warnings.push('Queues are those of AWS itself, where Lambda polls them: they call no function here.');
  }
  if (topics.length > 0 && (endpoints.chosen('sns') !== undefined || open.includes('sns'))) {
    warnings.push(
      'Topics are elsewhere, and not made there: what is published to them reaches nothing here.',
    );
  }
  return warnings;
}

function failed(name: string, where: string, cause: unknown): Error {
  const reason =
    cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause);
  return new Error(`${name} cannot be made at ${where}, which a setting or the shell names: ${reason}`, {
    cause,
  });
}

/**
 * The credentials that the developer's shell or profile gives, for functions whose calls go to AWS itself. They are read once: when
 * they expire, start again.
 *
 * @throws Error that says why there are none.
 */
export async function developerCredentials(region: string, profile?: string): Promise<AwsCredentials> {
  const client = new DynamoDBClient({ region, ...(profile !== undefined && { profile }) });
  try {
    return await client.config.credentials();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `An endpoint of custom.lantern.local.endpoints, or of the shell, is AWS itself, and there are no credentials for it: ${reason}`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}
