import { CopyButton } from '../components/copy-button.tsx';
import { JsonTree } from './json-tree.tsx';

export interface MetadataSectionProps {
  readonly metadata: unknown;
}

export function MetadataSection({ metadata }: MetadataSectionProps) {
  return (
    <section aria-labelledby="metadata-heading">
      <div class="heading-line">
        <h3 id="metadata-heading">Metadata</h3>
        <CopyButton text={JSON.stringify(metadata, null, 2)} what="metadata" />
      </div>
      <JsonTree value={metadata} depth={0} />
    </section>
  );
}
