import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { InvalidParameterValueException } from '@aws-sdk/client-lambda';
import { BucketAlreadyExists, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { ExecutionAlreadyExists, InvalidName } from '@aws-sdk/client-sfn';
import { InvalidParameterException, NotFoundException } from '@aws-sdk/client-sns';
import { QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { Agent, errors, Headers, MockAgent, Pool, Request, request, Response } from 'undici';
import type { MessageData, MessageSource } from './message-data.ts';

const $metadata = { httpStatusCode: 400 };
function dynamo(name: string, message: string): Error {
  return new DynamoDBServiceException({ name, message, $fault: 'client', $metadata });
}
function s3(name: string, message: string): Error {
  return new S3ServiceException({ name, message, $fault: 'client', $metadata });
}
/** What a client without a server says. */
const offline = {
  region: 'eu-west-1',
  endpoint: 'http://127.0.0.1:1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
};
const dynamoClient = new DynamoDBClient(offline);
const documentClient = DynamoDBDocumentClient.from(dynamoClient);
const sqs = new SQSClient(offline);

/** Exceptions of the AWS SDK's own classes, in the words of the services; and what the clients say themselves. */
export const AWS_MESSAGES: readonly MessageSource[] = [
  () => new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata }),
  (d) =>
    new ConditionalCheckFailedException({
      message: `The conditional request failed for ${d.id()}`,
      $metadata,
    }),
  (d) =>
    new ResourceNotFoundException({
      message: `Requested resource not found: Table: ${d.user()} not found`,
      $metadata,
    }),
  (d) =>
    new TransactionCanceledException({
      message: `Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed: ${d.uuid()}]`,
      $metadata,
    }),
  () =>
    new ProvisionedThroughputExceededException({
      message:
        'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
      $metadata,
    }),
  () => dynamo('ValidationException', 'The provided key element does not match the schema'),
  (d) =>
    dynamo(
      'ValidationException',
      `One or more parameter values were invalid: Missing the key ${d.user()} in the item`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `One or more parameter values were invalid: Type mismatch for key ${d.of('kundennummer')} expected: S actual: N`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `1 validation error detected: Value '${d.name()}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `1 validation error detected: Value '${d.number()}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${d.of(1000)}`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `Invalid UpdateExpression: Syntax error; token: "${d.last()}", near: "SET ${d.last()} :v"`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; attribute value: :${d.user()}`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :${d.user()}`,
    ),
  (d) =>
    dynamo(
      'ValidationException',
      `Item size has exceeded the maximum allowed size; item of customer ${d.name()}`,
    ),
  (d) => dynamo('ValidationException', `The parameter cannot be converted to a numeric value: ${d.name()}`),
  (d) =>
    dynamo(
      'AccessDeniedException',
      `User: arn:aws:sts::${d.of(123_456_789_012)}:assumed-role/${d.user()}/${d.user()} is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:${d.of(123_456_789_012)}:table/${d.user()} because no identity-based policy allows the dynamodb:PutItem action`,
    ),
  () => dynamo('ExpiredTokenException', 'The security token included in the request is expired'),
  () => dynamo('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  () =>
    dynamo(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    ),
  (d) =>
    dynamo(
      'InvalidSignatureException',
      `Signature expired: ${d.of('20260314T101112Z')} is now earlier than ${d.of('20260314T102112Z')} (${d.of('20260314T103612Z')} - 15 min.)`,
    ),
  () => dynamo('ThrottlingException', 'Rate exceeded'),
  (d) => dynamo('ItemCollectionSizeLimitExceededException', `Collection size exceeded for ${d.email()}`),
  (d) =>
    new NoSuchKey({
      message: `The specified key does not exist. Key: invoices/${d.user()}/${d.uuid()}.pdf`,
      $metadata,
    }),
  () =>
    new BucketAlreadyExists({
      message:
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      $metadata,
    }),
  (d) => s3('NoSuchBucket', `The specified bucket does not exist: ${d.user()}`),
  () => s3('AccessDenied', 'Access Denied'),
  (d) =>
    s3('InvalidAccessKeyId', `The AWS Access Key Id you provided does not exist in our records: ${d.code()}`),
  () =>
    s3(
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    ),
  (d) => s3('EntityTooLarge', `Your proposed upload exceeds the maximum allowed size of ${d.number()} bytes`),
  (d) =>
    new QueueDoesNotExist({
      message: `The specified queue does not exist for this wsdl version: ${d.user()}`,
      $metadata,
    }),
  (d) =>
    new NotFoundException({
      message: `Topic does not exist: arn:aws:sns:eu-west-1:${d.of(123_456_789_012)}:${d.user()}`,
      $metadata,
    }),
  (d) =>
    new InvalidParameterException({
      message: `Invalid parameter: PhoneNumber Reason: ${d.phone()} is not valid to publish to`,
      $metadata,
    }),
  (d) =>
    new InvalidParameterException({ message: `Invalid parameter: Email address ${d.name()}`, $metadata }),
  (d) =>
    new ExecutionAlreadyExists({
      message: `Execution Already Exists: 'arn:aws:states:eu-west-1:${d.of(123_456_789_012)}:execution:orders:${d.email()}'`,
      $metadata,
    }),
  (d) => new InvalidName({ message: `Invalid Name: '${d.name()}'`, $metadata }),
  (d) =>
    new InvalidParameterValueException({
      message: `Could not deserialize the function payload: Unrecognized token '${d.last()}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
      $metadata,
    }),
  (d) =>
    new InvalidParameterValueException({
      message: `The runtime parameter of ${d.code()} is no longer supported for creating or updating functions. We recommend you use a supported runtime while creating or updating functions.`,
      $metadata,
    }),
  (d) => dynamo('UserNotFoundException', `User does not exist: ${d.email()}`),
  () => dynamo('NotAuthorizedException', 'Incorrect username or password.'),
  (d) => dynamo('UsernameExistsException', `An account with the given email ${d.email()} already exists.`),
  (d) =>
    dynamo(
      'InvalidPasswordException',
      `Password did not conform with policy: Password must have uppercase characters (${d.password()})`,
    ),
  (d) =>
    dynamo(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${d.email()}, ${d.name()} <${d.email()}>`,
    ),
  (d) => dynamoClient.send(new GetItemCommand({ TableName: d.user(), Key: { id: { S: d.id() } } })),
  (d) => dynamoClient.send(new GetItemCommand({ TableName: 'orders', Key: { id: d.name() as never } })),
  (d) =>
    documentClient.send(
      new PutCommand({
        TableName: 'orders',
        Item: { id: d.id(), note: undefined, born: new Date(d.date()) },
      }),
    ),
  (d) =>
    documentClient.send(
      new PutCommand({
        TableName: 'orders',
        Item: { id: d.id(), by: new URL(`https://example.com/${d.user()}`) },
      }),
    ),
  (d) => sqs.send(new SendMessageCommand({ QueueUrl: d.name(), MessageBody: d.email() })),
];

/** The forms of PostgreSQL's errors as `pg` throws them, with their details where programs add these. */
export const PG_MESSAGES: readonly MessageSource[] = [
  (d) =>
    `duplicate key value violates unique constraint "customers_email_key"\nDETAIL: Key (email)=(${d.email()}) already exists.`,
  (d) => `Key (email)=(${d.name()}) already exists.`,
  (d) => `Key (tenant_id, email)=(${d.number()}, ${d.name()}) already exists.`,
  (d) =>
    `insert or update on table "orders" violates foreign key constraint "orders_customer_id_fkey": Key (customer_id)=(${d.uuid()}) is not present in table "customers".`,
  (d) =>
    `update or delete on table "customers" violates foreign key constraint "orders_customer_id_fkey" on table "orders". Key (id)=(${d.number()}) is still referenced from table "orders".`,
  (d) =>
    `null value in column "email" of relation "customers" violates not-null constraint. Failing row contains (${d.number()}, ${d.name()}, null, ${d.date()}, active).`,
  (d) =>
    `new row for relation "orders" violates check constraint "orders_total_check". Failing row contains (${d.uuid()}, ${d.amount()}, ${d.note()}).`,
  (d) => `invalid input syntax for type integer: "${d.name()}"`,
  (d) => `invalid input syntax for type uuid: "${d.id()}"`,
  (d) =>
    `invalid input syntax for type json: Token "${d.last()}" is invalid. JSON data, line 1: ${d.last()}...`,
  (d) => `invalid input value for enum order_status: "${d.first()}"`,
  (d) => `date/time field value out of range: "${d.date()}"`,
  () => 'value too long for type character varying(20)',
  (d) => `value "${d.number()}${d.number()}" is out of range for type integer`,
  (d) => `column "${d.user()}" of relation "customers" does not exist`,
  (d) => `relation "${d.user()}" does not exist`,
  (d) => `column reference "email" is ambiguous near ${d.user()}`,
  (d) => `syntax error at or near "${d.last()}"`,
  (d) => `unterminated quoted string at or near "'${d.name()}"`,
  (d) => `password authentication failed for user "${d.user()}"`,
  (d) => `database "${d.user()}" does not exist`,
  (d) => `role "${d.user()}" does not exist`,
  (d) => `permission denied for table ${d.user()}`,
  (d) =>
    `no pg_hba.conf entry for host "${d.ip()}", user "${d.user()}", database "${d.user()}", no encryption`,
  () => 'deadlock detected',
  (d) =>
    `Process ${d.number()} waits for ShareLock on transaction ${d.number()}; blocked by process ${d.number()}.`,
  () => 'could not serialize access due to concurrent update',
  () => 'canceling statement due to statement timeout',
  () => 'current transaction is aborted, commands ignored until end of transaction block',
  () => 'remaining connection slots are reserved for non-replication superuser connections',
  () => 'Connection terminated unexpectedly',
  () => 'terminating connection due to administrator command',
  () => 'timeout exceeded when trying to connect',
  () => 'Client has encountered a connection error and is not queryable',
  (d) => `operator does not exist: text = integer, in a query for ${d.name()}`,
  (d) => `function ${d.user()}(uuid) does not exist`,
  () => 'bind message supplies 2 parameters, but prepared statement "" requires 3',
  (d) =>
    `conflicting key value violates exclusion constraint "bookings_period_excl": Key (room, during)=(${d.code()}, ["${d.date()} 10:00:00","${d.date()} 11:00:00")) conflicts with existing key`,
  (d) => `invalid byte sequence for encoding "UTF8": ${d.of('0xe2 0x28 0xa1')}`,
  () => 'division by zero',
  (d) => `cannot cast type ${d.of('kundenart')} to integer`,
  (d) => `Duplicate entry '${d.email()}' for key 'customers.email'`,
];

/** The forms of axios's errors, which is not installed here. */
export const AXIOS_MESSAGES: readonly MessageSource[] = [
  (d) => `Request failed with status code ${d.of(404)}`,
  (d) => `timeout of ${d.number()}ms exceeded`,
  () => 'Network Error',
  (d) => `connect ECONNREFUSED ${d.ip()}:${d.of(5432)}`,
  (d) => `getaddrinfo ENOTFOUND ${d.user()}.example.com`,
  (d) => `Maximum number of redirects exceeded for https://api.example.com/customers/${d.user()}`,
  (d) => `maxContentLength size of ${d.number()} exceeded`,
  () => 'Request body larger than maxBodyLength limit',
  (d) => `Unsupported protocol ${d.user()}:`,
  () => 'stream has been aborted',
  () => 'socket hang up',
  (d) =>
    `Hostname/IP does not match certificate's altnames: Host: ${d.user()}.example.com. is not in the cert's altnames: DNS:*.${d.of('wolkenhaus')}.example`,
  () => 'unable to verify the first certificate',
  () => 'Client network socket disconnected before secure TLS connection was established',
  (d) => `Invalid URL: ${d.name()}`,
  (d) =>
    `Request to GET https://api.example.com/customers/${d.email()}/orders?page=${d.number()} failed with status ${d.of(503)}`,
  (d) => `Failed to update customer ${d.name()} (${d.email()}): Request failed with status code ${d.of(422)}`,
  (d) => `canceled: request of ${d.user()} was aborted`,
];

export const UNDICI_MESSAGES: readonly MessageSource[] = [
  (d) => request(d.name()),
  (d) => request(`ftp://${d.user()}`),
  (d) => request('http://127.0.0.1:1', { method: d.name() as never }),
  (d) => request('http://127.0.0.1:1', { path: `customers/${d.user()}` } as never),
  (d) => request(`http://127.0.0.1:1/customers/${d.user()}`),
  (d) => request('http://127.0.0.1:1', { headers: { 'x-customer': `${d.name()}\n` } }),
  (d) => request('http://127.0.0.1:1', { headers: { [d.name()]: '1' } }),
  (d) => request('http://127.0.0.1:1', { body: d.number() as never, method: 'POST' }),
  (d) =>
    request('http://127.0.0.1:1', { method: 'POST', headers: { 'content-length': d.name() }, body: 'x' }),
  (d) => new Headers({ [d.name()]: 'x' }),
  (d) => new Headers({ 'x-name': `${d.name()}\u0000` }),
  (d) => new Request(d.name()),
  (d) => new Request('https://example.com', { mode: d.name() as never }),
  (d) => new Request(`https://${d.user()}:${d.code()}@example.com`),
  (d) => new Response('x', { status: d.number() }),
  (d) => new Response(d.name()).json(),
  (d) => new Agent({ connect: { timeout: d.name() as never }, factory: d.name() as never }),
  (d) => new Pool(d.name()),
  (d) => mocked(d),
  (d) =>
    new errors.ResponseError(`Response status code ${d.of(409)}: Conflict`, 409, {
      headers: {},
      body: d.email(),
    }),
  (d) => new errors.HeadersTimeoutError(`Headers Timeout Error of ${d.user()}`),
  () => new errors.BodyTimeoutError('Body Timeout Error'),
  () => new errors.SocketError('other side closed'),
  (d) =>
    new errors.RequestContentLengthMismatchError(
      `Request body length does not match content-length header (${d.number()})`,
    ),
];

function mocked(data: MessageData): unknown {
  const agent = new MockAgent();
  agent.disableNetConnect();
  return request(`http://shop.example/customers/${data.user()}`, { dispatcher: agent });
}

/** What a handler of Middy throws, or the pipeline around it. */
function pipeline(event: unknown): unknown {
  const context = { getRemainingTimeInMillis: () => 1000 };
  return middy()
    .use(httpJsonBodyParser())
    .handler(() => ({ statusCode: 204 }))(event as never, context as never);
}

export const MIDDY_MESSAGES: readonly MessageSource[] = [
  (d) => pipeline({ headers: { 'content-type': d.name() }, body: '{}' }),
  (d) => pipeline({ headers: { 'content-type': 'application/json' }, body: `{"name": ${d.name()}}` }),
  (d) => pipeline({ headers: { 'content-type': 'application/json' }, body: d.email() }),
  (d) => pipeline({ headers: { 'content-type': 'application/json' }, rawPath: d.name() }),
  (d) => middy().use({ [d.id()]: () => 1 } as never),
  (d) => middy().use(d.name() as never),
  () => 'Event object failed validation',
  (d) => `Malformed Unicode in path parameters: ${d.name()}`,
  (d) => `Unsupported Accept-Language of ${d.first()}`,
  (d) => `Route does not exist: GET /customers/${d.user()}/orders/${d.id()}`,
  (d) => `Invalid or malformed multipart/form-data was provided: ${d.name()}`,
  () => 'Unsupported Media Type',
  (d) => `Failed to resolve internal values: secret/${d.user()}`,
  (d) => `The order ${d.id()} of ${d.name()} was paid on ${d.date()} with card ${d.card()}`,
  (d) => `No customer with email ${d.email()} and phone ${d.phone()}`,
  (d) => `Could not deliver to ${d.street()}, ${d.city()}`,
  (d) => `Customer ${d.name()} has no order ${d.code()}: it was refunded (${d.amount()})`,
  (d) => `Invalid order: ${JSON.stringify({ lastName: d.last(), age: d.number(), note: d.note() })}`,
  (d) =>
    `cannot price { customer: '${d.name().replaceAll("'", '')}', zip: ${d.number()}, lines: [ '${d.code()}' ] }`,
];
