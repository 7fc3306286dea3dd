/** Where a player is saved for the next page and for other tabs (saved-player.ts). */
export const PLAYER_STORAGE_KEY = "normaldance:player";

/** Whether a player with a track may have been saved. */
export function hasSavedTrack(): boolean {
  try {
    const text = localStorage.getItem(PLAYER_STORAGE_KEY);
    return text !== null && !text.includes('"tracks":[]');
  } catch {
    return false;
  }
}

/** @param onSaved  another tab saved its player  @returns stops watching */
export function watchSavedPlayer(onSaved: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === PLAYER_STORAGE_KEY) onSaved();
  };
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}
