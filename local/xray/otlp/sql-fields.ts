import { present } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Attributes } from './attributes.ts';

/** `db.system.name`, and `db.system` as it was before, of the databases that speak SQL. */
const SQL_SYSTEMS: ReadonlySet<unknown> = new Set([
  ...[
    'clickhouse',
    'cockroachdb',
    'db2',
    'derby',
    'firebirdsql',
    'h2',
    'hive',
    'hsqldb',
    'ibm.db2',
    'ibm.informix',
  ],
  ...['mariadb', 'microsoft.sql_server', 'mssql', 'mysql', 'oracle', 'oracle.db', 'other_sql', 'postgresql'],
  ...['redshift', 'aws.redshift', 'sap.hana', 'sap.maxdb', 'snowflake', 'spanner', 'gcp.spanner', 'sqlite'],
  ...['sybase', 'teradata', 'trino'],
]);

/** The part `sql` of a subsegment. What is known of other databases stays with the other attributes. */
export function sqlFields(attributes: Attributes, spanName: string): JsonObject | undefined {
  const system = attributes.get('db.system.name') ?? attributes.get('db.system');
  if (!SQL_SYSTEMS.has(system)) return undefined;
  const server = attributes.text('db.connection_string') ?? serverOf(attributes);
  const database = attributes.text('db.namespace', 'db.name');
  return present({
    // Where X-Ray's SDKs have the database's URL, the exporter of OpenTelemetry's collector has the operation.
    url: spanName === '' ? undefined : spanName,
    connection_string: `${server ?? 'localhost'}${database === undefined ? '' : `/${database}`}`,
    database_type: attributes.text('db.system.name', 'db.system'),
    user: attributes.text('db.user'),
    sanitized_query: attributes.text('db.query.text', 'db.statement'),
  });
}

function serverOf(attributes: Attributes): string | undefined {
  const host = attributes.text('server.address', 'net.peer.name');
  const port = attributes.count('server.port', 'net.peer.port');
  return host === undefined || port === undefined ? host : `${host}:${port}`;
}
