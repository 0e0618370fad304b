/** Functions that AWS's clients and our bootstrap have to run alike, by what each is about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionUnderTest } from './run-function.ts';

const CALLBACKS = readFileSync(
  join(import.meta.dirname, '../fixtures/lambda-functions/callbacks.cjs'),
  'utf8',
);

export interface Row extends FunctionUnderTest {
  readonly title: string;
  /** What is compared of errors: their types only, where each words its own message. @default 'all' */
  readonly errors?: 'all' | 'types';
  /** Whether lines are compared. @default true */
  readonly comparesLines?: boolean;
  /** False where AWS's client ends after its answer or goes on, as it happens. @default true */
  readonly comparesEnd?: boolean;
}

/** An ES module that exports this handler. */
function module(handler: string, before = ''): Record<string, string> {
  return { 'index.mjs': `${before}\nexport const handler = ${handler};` };
}

const SAYS_EVERYTHING = module(`async () => {
  console.log('two\\nlines', { a: 1 }, 7);
  console.log();
  console.info('%s has %d', 'tea', 2);
  console.debug('details');
  console.trace('traced');
  console.warn({ orderId: 7, nested: { ok: true } });
  console.error('failed:', Object.assign(new TypeError('bad item'), { code: 'E_ITEM' }));
  console.error(new RangeError('alone'));
  console.fatal('over', [1, 2]);
}`);

/** Of every runtime. */
export const FUNCTIONS: readonly Row[] = [
  {
    title: 'an event of any JSON',
    files: module('async (event) => event'),
    events: [{ a: 'ü\u2028' }, [], 'text', 0, null],
  },
  {
    title: 'the context of an invocation',
    files: module(`async (event, context) => {
      const { getRemainingTimeInMillis, logStreamName, ...rest } = context;
      return [Object.keys(context).sort(), rest, getRemainingTimeInMillis() > 0, process.env._X_AMZN_TRACE_ID];
    }`),
    invocation: {
      clientContext: '{"custom":{"grüße":"ja"}}',
      identity: '{"cognitoIdentityId":"eu-central-1:1","cognitoIdentityPoolId":"eu-central-1:2"}',
      tenantId: 'tenant-7',
    },
  },
  { title: 'a result that is undefined', files: module('async () => undefined') },
  { title: 'a result that is large', files: module("async () => 'ü'.repeat(1_000_000)") },
  { title: 'an error', files: module("async () => { throw new TypeError('no items'); }") },
  {
    title: 'an error with a name and fields of its own',
    files: module(
      "async () => { throw Object.assign(new Error('declined'), { name: 'PaymentError', code: 402, stack: 'none' }); }",
    ),
  },
  { title: 'a text that is thrown', files: module("async () => { throw 'no such order'; }") },
  { title: 'undefined that is thrown', files: module('async () => { throw undefined; }') },
  {
    title: 'an object that is thrown',
    files: module("async () => { throw { errorType: 'Mine', message: 'no error' }; }"),
  },
  { title: 'lines of the console', files: SAYS_EVERYTHING },
  {
    title: 'lines of the console in JSON',
    files: SAYS_EVERYTHING,
    logFormat: 'JSON',
    invocation: { tenantId: 'tenant-7' },
  },
  {
    title: 'a line after the answer',
    files: module(`async ({ late }) => {
      if (late) setTimeout(() => console.log('late'), 20);
    }`),
    events: [{ late: true }, {}],
    waitFor: '\tlate',
  },
  { title: 'a module that is not there', files: {}, errors: 'types', comparesLines: false },
  { title: 'an export that is not there', files: module('async () => 1'), handler: 'index.other' },
  { title: 'an export that is no function', files: module('7') },
  {
    title: 'an export within another',
    files: module('{ inner: { most: async () => 1 } }'),
    handler: 'index.handler.inner.most',
  },
  {
    title: 'a module that throws',
    files: module('async () => 1', "throw new RangeError('TABLE is not set');"),
  },
  { title: 'a module that throws a text', files: module('async () => 1', "throw 'TABLE is not set';") },
  {
    title: 'a module with a mistake in it',
    files: { 'index.cjs': 'exports.handler = async ( => 1;' },
    comparesLines: false,
  },
  {
    title: 'an import of what is not installed',
    files: module('async () => 1', "import 'nobody-has-it';"),
    comparesLines: false,
  },
  {
    title: 'a require of what is not installed',
    files: { 'index.cjs': "require('nobody-has-it'); exports.handler = async () => 1;" },
    errors: 'types',
    comparesLines: false,
  },
  { title: 'CommonJS', files: { 'index.js': "exports.handler = async () => require('node:path').sep;" } },
  {
    title: 'an ES module by package.json',
    files: {
      'package.json': '{"type":"module"}',
      'index.js': 'export const handler = async () => import.meta.url.slice(-8);',
    },
  },
  {
    title: 'an ES module by what is written in it',
    files: {
      'package.json': '{}',
      'index.js': "import 'node:path';\nexport const handler = async () => 'ran';",
    },
    comparesLines: false,
  },
  {
    title: 'a require of an ES module',
    files: {
      'index.cjs': "const { word } = require('./word.mjs'); exports.handler = async () => word;",
      'word.mjs': "export const word = 'required';",
    },
    errors: 'types',
    comparesLines: false,
  },
  {
    title: 'a handler in a default export',
    files: { 'index.mjs': "export default { handler: async () => 'default' };" },
  },
  {
    title: 'a handler on a function',
    files: { 'index.cjs': "module.exports = () => 0; module.exports.handler = async () => 'on a function';" },
  },
  {
    title: 'a handler in a folder',
    files: { 'shop/index/index.js': "exports.handler = async () => 'folder';" },
    handler: 'shop/index.handler',
    errors: 'types',
    comparesLines: false,
  },
  {
    title: 'a handler in an installed package',
    files: { 'node_modules/index/index.js': "exports.handler = async () => 'package';" },
  },
  {
    title: 'a handler without an export',
    files: module('async () => 1'),
    handler: 'index',
    errors: 'types',
    comparesLines: false,
  },
  {
    title: 'a streamed response',
    files: module(`awslambda.streamifyResponse(async (event, stream, context) => {
      stream.setContentType('text/plain');
      stream.write('one ');
      stream.write(Buffer.from('two '));
      stream.end(context.awsRequestId);
    })`),
    events: [{}, {}],
  },
  {
    title: 'JSON that is written to a stream',
    files: module(`awslambda.streamifyResponse(async (event, stream) => {
      stream.write({ a: [1, null] });
      stream.write(7);
      stream.write(true);
      stream.end();
    })`),
  },
  {
    title: 'a streamed HTTP response',
    files: module(`awslambda.streamifyResponse(async (event, stream) => {
      const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' }, cookies: ['c=d'] });
      http.write('body');
      http.end();
    })`),
  },
  {
    title: 'a streamed response that fails',
    files: module(`awslambda.streamifyResponse(async (event, stream) => {
      stream.write('first');
      throw new TypeError('lost the rest');
    })`),
  },
  {
    title: 'a streaming handler that returns something',
    files: module(`awslambda.streamifyResponse(async (event, stream) => {
      stream.end('body');
      return 'nobody reads it';
    })`),
  },
  {
    title: 'a streaming handler that is not async',
    files: module(`awslambda.streamifyResponse((event, stream) => {
      stream.write('body');
    })`),
    comparesLines: false,
    // The answer that was begun as a stream is given up for one that is an error.
    comparesEnd: false,
  },
  {
    title: 'a content type after the first bytes',
    files: module(`awslambda.streamifyResponse(async (event, stream) => {
      stream.write('first');
      stream.setContentType('text/plain');
    })`),
  },
  {
    title: 'a promise that rejects on nobody’s watch before the answer',
    files: module(
      "async () => { void Promise.reject(new RangeError('nobody watches')); return 'answered'; }",
    ),
    comparesLines: false,
  },
  {
    title: 'a promise that rejects on nobody’s watch meanwhile',
    files: module(`async () => {
      setTimeout(() => void Promise.reject(new RangeError('nobody watches')), 5);
      await new Promise((resolve) => setTimeout(resolve, 20_000));
    }`),
    comparesLines: false,
  },
  {
    title: 'an error that a timer throws',
    files: module(`async () => {
      setTimeout(() => { throw new RangeError('nobody catches'); }, 5);
      await new Promise((resolve) => setTimeout(resolve, 20_000));
    }`),
    comparesLines: false,
  },
  { title: 'a process that ends itself', files: module('async () => process.exit(7)') },
  {
    title: 'no global awslambda',
    files: module('async () => typeof awslambda'),
    environment: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: '1' },
  },
];

/** Of nodejs24.x alone. */
export const WITHOUT_CALLBACKS: readonly Row[] = [
  {
    title: 'the store of the invocation',
    files: module(`async () => {
      const store = awslambda.InvokeStore;
      store.set('own', 1);
      let refused = false;
      try {
        store.set(Symbol.for('_AWS_LAMBDA_REQUEST_ID'), 'other');
      } catch {
        refused = true;
      }
      const known = [store.getRequestId(), store.getXRayTraceId(), store.getTenantId(), store.get('own'), store.hasContext()];
      return [...known, refused, Object.keys(store.getContext())];
    }`),
    events: [{}, {}],
    invocation: { tenantId: 'tenant-7' },
  },
  {
    title: 'a handler above its folder',
    files: module('async () => 1'),
    handler: '../index.handler',
    errors: 'types',
    comparesLines: false,
  },
  {
    title: 'a handler that takes a callback',
    files: module('(event, context, callback) => callback(null, 1)'),
    errors: 'types',
    comparesLines: false,
  },
];

/** Of the runtimes before: every ending by a callback or by the context. */
export const WITH_CALLBACKS: readonly Row[] = Array.from(
  CALLBACKS.matchAll(/^exports\.(\w+)/gm),
  ([, name = '']) => ({
    title: `the ending "${name}"`,
    files: { 'index.cjs': CALLBACKS },
    handler: `index.${name}`,
    events: [{}, {}],
  }),
);
