/** What a tab wants to hear, and whether somebody looks at it. */
export interface TabState {
  channels: string[];
  visible: boolean;
}

/** A tab that is looked at says so every 10 s; one that crashed says nothing any more. */
const VISIBLE_TIMEOUT_MS = 25_000;
/** Browsers let the timers of a hidden tab run once a minute; after that long it sleeps, or has crashed. */
const TAB_TIMEOUT_MS = 180_000;

/** The browser's other tabs, as far as they are heard of. */
export class OtherTabs {
  private readonly tabs = new Map<string, TabState & { lastSeenAt: number }>();

  /** @returns the channels that it did not want before */
  update(tabId: string, { channels, visible }: TabState): string[] {
    const knownChannels = new Set(this.tabs.get(tabId)?.channels);
    this.tabs.set(tabId, { channels, visible, lastSeenAt: Date.now() });
    return channels.filter((channel) => !knownChannels.has(channel));
  }

  remove(tabId: string): void {
    this.tabs.delete(tabId);
  }

  subscribedChannels(): string[] {
    for (const [tabId, { lastSeenAt }] of this.tabs)
      if (Date.now() - lastSeenAt > TAB_TIMEOUT_MS) this.tabs.delete(tabId);
    return [...this.tabs.values()].flatMap(({ channels }) => channels);
  }

  isAnyVisible(): boolean {
    return [...this.tabs.values()].some(
      ({ visible, lastSeenAt }) => visible && Date.now() - lastSeenAt <= VISIBLE_TIMEOUT_MS,
    );
  }
}
