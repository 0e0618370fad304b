import { useCallback, useState } from 'preact/hooks';

/** The selected row's key, kept in the address so that a link leads to the row. */
export function useSelection(): readonly [string | undefined, (key: string | undefined) => void] {
  const [key, setKey] = useState(selectedInAddress);
  const select = useCallback((selected: string | undefined) => {
    setKey(selected);
    const hash = selected === undefined ? '' : `#${encodeURIComponent(selected)}`;
    history.replaceState(history.state, '', location.pathname + location.search + hash);
  }, []);
  return [key, select];
}

function selectedInAddress(): string | undefined {
  try {
    return location.hash === '' ? undefined : decodeURIComponent(location.hash.slice(1));
  } catch {
    return undefined;
  }
}
