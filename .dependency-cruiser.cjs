/** The arrows of docs/architecture.md. Each rule names the folder it guards and what it may reach. */

/** What a folder of ours may import from our other folders; everything else of ours is forbidden to it. */
const arrows = {
  'src/handlers': ['src/orders', 'src/index.ts', 'plugin/on-alarm.ts'],
  'src/middlewares': [
    'src/check-options.ts',
    'src/copy-with.ts',
    'src/lazy',
    'src/lifecycle',
    'src/propagation',
    'src/redaction',
    'src/telemetry',
  ],
  'src/clients': ['src/check-options.ts', 'src/copy-with.ts', 'src/propagation', 'src/telemetry'],
  'src/telemetry': [
    'src/check-options.ts',
    'src/daemon',
    'src/lazy',
    'src/lifecycle',
    'src/redaction',
    'src/propagation',
  ],
  'src/daemon': [],
  'src/opentelemetry': [
    'src/check-options.ts',
    'src/daemon',
    'src/propagation',
    'src/redaction',
    'src/telemetry',
  ],
  'src/lazy': ['src/propagation', 'src/telemetry'],
  'src/lifecycle': ['src/copy-with.ts'],
  'src/orders': ['src/index.ts'],
  'src/propagation': [],
  'src/redaction': [],
  'src/redaction/walk': [
    'src/redaction/first-use.ts',
    'src/redaction/texts',
    'src/redaction/names',
    'src/redaction/policy',
    'src/redaction/detectors',
  ],
  'src/redaction/texts': [
    'src/redaction/first-use.ts',
    'src/redaction/names',
    'src/redaction/policy',
    'src/redaction/detectors',
  ],
  'src/redaction/names': ['src/redaction/first-use.ts', 'src/redaction/policy', 'src/redaction/detectors'],
  'src/redaction/policy': ['src/redaction/first-use.ts', 'src/redaction/detectors'],
  'src/redaction/detectors': ['src/redaction/first-use.ts'],
  plugin: ['local'],
  'plugin/tracing-switch': ['local/template'],
  local: [],
  testing: ['local/xray', 'local/cloudwatch', 'local/running-instance.ts', 'src/redaction'],
};

const ours = '^(src|plugin|local|testing)/';
function allowed(folder, others) {
  return [folder, ...others].map((path) =>
    path.endsWith('.ts') ? `^${path.replace('.', '[.]')}$` : `^${path}/`,
  );
}

/** What the page and the store both make of traces. */
const pureModel =
  '^local/(json[.]ts$|xray/(filter|graph)/|xray/(document|entities|status|summary|trace)[.]ts$)';

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([folder, others]) => ({
      name: `arrow:${folder}`,
      severity: 'error',
      comment: `${folder} may import ${others.length > 0 ? others.join(', ') : 'nothing of ours'}.`,
      from: { path: `^${folder}/` },
      to: { path: ours, pathNot: allowed(folder, others) },
    })),
    {
      name: 'policy-check-is-small',
      severity: 'error',
      comment:
        'A pipeline that is built checks its policies with this alone: nothing that redacts may come along.',
      from: {
        path: '^src/redaction/(policy/check-policy|policy/allowed-paths|policy/policy|detectors/check-detector|detectors/detector)[.]ts$',
      },
      to: {
        path: '.',
        pathNot: '^src/redaction/(policy/(allowed-paths|policy)|detectors/(check-detector|detector))[.]ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'benchmarks-use-no-scripts',
      severity: 'error',
      comment:
        'What both need is in benchmarks/support; a circle between the two would tie them together. The package as it is ' +
        'published is measured too, and how that is made is no matter of benchmarks.',
      from: { path: '^benchmarks/' },
      to: { path: '^scripts/(?!compile-package[.]ts$)' },
    },
    {
      name: 'scripts-use-support-of-benchmarks',
      severity: 'error',
      comment: 'A benchmark is a program; what others may use of it is in benchmarks/support.',
      from: { path: '^scripts/' },
      to: { path: '^benchmarks/(?!support/)' },
    },
    {
      name: 'middlewares-never-import-each-other',
      severity: 'error',
      comment: 'Only observability.ts decides the order; each middleware must be usable alone.',
      from: { path: '^src/middlewares/', pathNot: '^src/middlewares/observability[.]ts$' },
      to: { path: '^src/middlewares/' },
    },
    {
      name: 'handlers-never-import-each-other',
      severity: 'error',
      comment: 'A handler is a deployment unit; what two share lives in orders, clients or telemetry.',
      from: { path: '^src/handlers/' },
      to: { path: '^src/handlers/' },
    },
    {
      name: 'shop-is-not-published',
      severity: 'error',
      comment: 'The shop uses the package; nothing of the package uses the shop.',
      from: { path: '^src/', pathNot: '^src/(handlers|orders)/' },
      to: { path: '^src/(handlers|orders)/' },
    },
    {
      name: 'orders-are-pure',
      severity: 'error',
      comment: 'Only the clients of the shop and its repository talk to AWS.',
      from: { path: '^src/orders/', pathNot: '^src/orders/(order-repository|dynamodb|sns)[.]ts$' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 'x-ray-behind-one-interface',
      severity: 'error',
      comment: 'Nothing but the X-Ray recorder may know that the X-Ray SDK exists.',
      from: { path: '^src/', pathNot: '^src/telemetry/xray/' },
      to: { path: 'node_modules/(aws-xray-sdk-core|@aws-lambda-powertools/tracer)/' },
    },
    {
      name: 'x-ray-only-lazily',
      severity: 'error',
      comment: 'Off means absent: the recorder is reached by dynamic import only, also for its types.',
      from: { path: '^src/', pathNot: '^src/telemetry/xray/' },
      to: { path: '^src/telemetry/xray/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'opentelemetry-behind-its-entries',
      severity: 'error',
      comment: 'OpenTelemetry is an optional peer: only what a user asked for by its name may need it.',
      from: {
        path: '^src/',
        pathNot: '^src/(telemetry/opentelemetry/|opentelemetry/|redaction/opentelemetry[.]ts$)',
      },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'opentelemetry-only-lazily',
      severity: 'error',
      comment: 'Whoever does not ask for it by its entry reads nothing of it, also not its types.',
      from: {
        path: '^src/',
        pathNot: '^src/(telemetry/)?opentelemetry/',
      },
      to: { path: '^src/(telemetry/)?opentelemetry/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'lazy-parts-only-lazily',
      severity: 'error',
      comment: 'What a function loads when it needs it is no part of its first file.',
      from: { path: '^src/' },
      to: { path: '^src/lazy/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'recorder-chosen-in-one-place',
      severity: 'error',
      comment: 'Everything else speaks to the tracer of the running invocation.',
      from: {
        path: '^src/',
        pathNot: '^src/(opentelemetry/|telemetry/(opentelemetry/|xray/|process-tracer[.]ts$))',
      },
      to: { path: '^src/telemetry/(opentelemetry|xray)/' },
    },
    {
      name: 'local-only-when-it-runs',
      severity: 'error',
      comment:
        'A deployment must not load the laptop: of local, the plugin imports the reader of the template by its public edge; ' +
        'all else only inside the `local` command, dynamically.',
      from: { path: '^plugin/', pathNot: '^plugin/local/' },
      to: { path: '^local/', pathNot: '^local/template/index[.]ts$' },
    },
    {
      name: 'local-command-loads-local-late',
      severity: 'error',
      comment:
        'The framework loads every plugin for every command: local is loaded when `serverless local` runs.',
      from: { path: '^plugin/local/' },
      to: {
        path: '^local/',
        pathNot: '^local/template/index[.]ts$',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'switch-ships-without-local',
      severity: 'error',
      comment:
        'What the plugin brings to Lambda takes types and limits of local, by the light edge of its template.',
      from: { path: '^plugin/(tracing-switch/|message/|(on|tell)-alarm[.]ts$)' },
      to: { path: '^local/', pathNot: '^local/template/index[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'template-is-light',
      severity: 'error',
      comment: 'Every deployment loads the reader of the template: it starts, opens and downloads nothing.',
      from: { path: '^local/template/' },
      to: {
        path: '^(node_modules/|(child_process|cluster|dgram|dns|fs|http|http2|https|net|tls|worker_threads)(/|$))',
        reachable: true,
      },
    },
    {
      name: 'console-shares-pure-code-only',
      severity: 'error',
      comment:
        'The page may use types and pure functions of the models of traces, log lines and alarms, and what it agreed on with its server.',
      from: { path: '^local/console/' },
      to: {
        path: '^(local/(?!console/|console-contract[.]ts$|xray/|cloudwatch/|logs/log-line[.]ts$)|src/|plugin/|testing/)',
      },
    },
    {
      name: 'contract-speaks-of-models-only',
      severity: 'error',
      comment:
        'What the page and its server agree on is made of the models of traces, log lines and alarms, and runs in both.',
      from: { path: '^local/console-contract[.]ts$' },
      to: { pathNot: '^local/(xray/|cloudwatch/|logs/log-line[.]ts$)' },
    },
    {
      name: 'server-never-imports-the-page',
      severity: 'error',
      comment: 'The page is built apart; what both need stands in the contract.',
      from: { path: '^(local/(?!console/)|plugin/|src/|testing/)' },
      to: { path: '^local/console/' },
    },
    {
      name: 'console-runs-in-a-browser',
      severity: 'error',
      comment: 'There is no Node in the page.',
      from: { path: '^local/console/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'filters-and-graphs-run-in-a-browser',
      severity: 'error',
      comment:
        'The page reads filter expressions and draws graphs: no Node and no package is in what they are made of.',
      from: { path: pureModel },
      to: { pathNot: pureModel },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      comment:
        'What is published must be installed with its own package, or be a peer. The shop is not published, the page is built.',
      from: {
        path: '^(src|plugin|local|testing)/',
        pathNot: ['^local/console/', '^local/vite[.]config[.]ts$', '^src/handlers/', '^src/orders/'],
      },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^((local|plugin)/)?(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['lambda-lantern-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
