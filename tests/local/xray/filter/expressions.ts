import { fc } from '../../../helpers/fast-check.ts';

/** Random filter expressions of the whole language, as people could write them. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    'GET',
    'alice',
    'https://api.example.com/v2/',
    'AWS::Lambda::Function',
    'a"b\\c',
    'ünï',
    '{',
    ')',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const number = fc.oneof(
  fc.constantFrom('0', '5', '-1', '.5', '2.5e-1', '1E3', '+7', '200', '1e21', '12.'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const quoted = text.map((value) => JSON.stringify(value));
const space = fc.constantFrom('', ' ', '  ', '\n\t');
function anyCase(word: string): fc.Arbitrary<string> {
  return fc.constantFrom(word, word.toUpperCase(), word.slice(0, 1).toUpperCase() + word.slice(1));
}

const boolean = fc.constantFrom('true', 'false', 'TRUE', 'False');
const equality = fc.constantFrom('=', '!=');
const order = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const textual = fc.constantFrom(
  '=',
  '!=',
  ...['contains', 'BEGINSWITH', 'EndsWith'].map((word) => ` ${word} `),
);

function compared(
  keywords: readonly string[],
  operator: fc.Arbitrary<string>,
  value: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...keywords).chain(anyCase), space, operator, space, value)
    .map((parts) => parts.join(''));
}

function flags(keywords: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...keywords).chain(anyCase), compared(keywords, equality, boolean));
}

const REQUEST_FLAGS = ['ok', 'error', 'throttle', 'fault', 'partial'];
const REQUEST_NUMBERS = ['responsetime', 'duration', 'http.status'];
const REQUEST_TEXTS = [
  'http.url',
  'http.method',
  'http.useragent',
  'http.clientip',
  'user',
  'availabilityzone',
  'instance.id',
  'resource.arn',
];

function texts(keywords: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...keywords).chain(anyCase), compared(keywords, textual, quoted));
}

const annotationKey = text.filter((key) => key !== '');
const annotationName = fc.oneof(
  fc.constantFrom(
    'annotation.age',
    'Annotation.order_id',
    'annotation[aws.responseLatency]',
    'annotation[aws:api_id]',
  ),
  annotationKey.map((key) => `annotation[${JSON.stringify(key)}]`),
  annotationKey.map((key) => `annotation.${JSON.stringify(key)}`),
);
function annotations(name: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    name,
    fc.tuple(name, order, space, number).map((parts) => parts.join('')),
    fc.tuple(name, textual, space, quoted).map((parts) => parts.join('')),
    fc.tuple(name, equality, space, boolean).map((parts) => parts.join('')),
  );
}

const requests = fc.oneof(
  flags(REQUEST_FLAGS),
  compared(REQUEST_NUMBERS, order, number),
  texts(REQUEST_TEXTS),
  annotations(annotationName),
);

const idParts = fc
  .subarray(['name', 'type', 'account.id'], { minLength: 1 })
  .chain((parts) => fc.tuple(...parts.map((part) => fc.tuple(anyCase(part), space, quoted))))
  .map((parts) => `id(${parts.map(([part, gap, value]) => `${part}:${gap}${value}`).join(', ')})`);
const service = fc.oneof(quoted, idParts);

function combined(conditions: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'filter' },
      conditions,
      conditions,
      fc
        .tuple(fc.constantFrom('!', '! ', 'not ', '!!'), tie('expression'))
        .map(([sign, rest]) => `${sign}(${rest})`),
      fc
        .tuple(tie('expression'), fc.constantFrom(' AND ', ' and ', ' OR ', ' or ', ' '), tie('expression'))
        .map((parts) => parts.join('')),
      tie('expression').map((inner) => `( ${inner} )`),
    ),
  })).expression;
}

function braced(conditions: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constant(''),
    combined(conditions).map((filter) => ` { ${filter} }`),
  );
}

const serviceConditions = fc.oneof(
  requests,
  flags(['root', 'inferred', 'coldstart']),
  texts(['name', 'type', 'correlationid', 'requestid']),
);
const edgeConditions = fc.oneof(
  requests,
  annotations(fc.constantFrom('source.annotation.tier', 'destination.annotation[tier]')),
);

const elements = fc.oneof(flags(['first', 'last']), compared(['index'], order, number), texts(['name']));
const causes = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('fault', 'error', 'responsetime'),
      braced(fc.oneof(elements, flags(['inferred']), texts(['type']))),
    )
    .map(([cause, filter]) => `rootcause.${cause}.service${filter}`),
  fc
    .tuple(fc.constantFrom('fault', 'error'), braced(fc.oneof(elements, flags(['remote']))))
    .map(([cause, filter]) => `rootcause.${cause}.entity${filter}`),
  braced(fc.oneof(elements, flags(['remote']), compared(['coverage'], order, number))).map(
    (filter) => `rootcause.responsetime.entity${filter}`,
  ),
  fc
    .tuple(fc.constantFrom('fault', 'error', 'responsetime'), braced(fc.oneof(elements, texts(['message']))))
    .map(([cause, filter]) => `rootcause.${cause}.exception${filter}`),
  fc
    .array(
      fc.record(
        {
          ClientImpacting: fc.boolean(),
          Services: fc.array(fc.record({ Name: text, Inferred: fc.boolean() }, { requiredKeys: [] }), {
            maxLength: 2,
          }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    )
    .map((json) => `rootcause.json = #${JSON.stringify(json)}`),
);

/** Conditions of every kind on a trace. */
const conditions: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: requests },
  flags(['inferred', 'coldstart']),
  texts(['correlationid', 'requestid']),
  fc.tuple(service, braced(serviceConditions)).map(([pattern, filter]) => `service(${pattern})${filter}`),
  braced(serviceConditions).map((filter) => `service()${filter}`),
  fc
    .tuple(service, service, braced(edgeConditions))
    .map(([source, destination, filter]) => `edge(${source}, ${destination})${filter}`),
  causes,
  fc
    .tuple(fc.constantFrom('group.name', 'Group.ARN'), equality, quoted)
    .map(([keyword, operator, value]) => `${keyword} ${operator} ${value}`),
);

export const expressions: fc.Arbitrary<string> = combined(conditions);
