import { useSyncExternalStore } from "react";

/** From here on the list and the diagram stand side by side. */
const QUERY = "(width >= 64rem)";

function subscribe(notify: () => void): () => void {
  const query = matchMedia(QUERY);
  query.addEventListener("change", notify);
  return () => query.removeEventListener("change", notify);
}

/** Whether a panel has room beside the diagram. The server does not know and assumes so. */
export function useWideScreen(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(QUERY).matches,
    () => true,
  );
}
