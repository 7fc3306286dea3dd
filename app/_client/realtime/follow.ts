/** What somebody who follows a channel is told. */
export interface Follower {
  onEvent(event: string, data: unknown): void;
  /** Something may have been missed. Also once when the channel is joined. */
  onReload(): void;
  /** Whether events come at the moment. */
  onLive(live: boolean): void;
}

/** Follows a channel. @returns ends it */
export function follow(_channel: string, _follower: Follower): () => void {
  return () => undefined;
}
