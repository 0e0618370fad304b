import { useEffect, useRef, useState } from 'preact/hooks';

/** A screen reader is told about a live list at most this often. */
const ANNOUNCE_EVERY_MS = 10_000;

/** The latest text, renewed seldom enough to be listened to. */
export function useQuietAnnouncement(text: string): string {
  const latest = useRef(text);
  latest.current = text;
  const [announced, setAnnounced] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setAnnounced(latest.current), ANNOUNCE_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return announced;
}
