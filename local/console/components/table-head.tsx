export interface TableHeadProps {
  readonly columns: readonly string[];
}

/** The roles repeat what a table says by itself, because the narrow layout is no table. */
export function TableHead({ columns }: TableHeadProps) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column) => (
          <th key={column} role="columnheader" scope="col">
            {column}
          </th>
        ))}
      </tr>
    </thead>
  );
}
