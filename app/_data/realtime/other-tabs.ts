/** A tab's subscriptions, and whether it is visible. */
export interface TabState {
  channels: string[];
  visible: boolean;
}

/** A visible tab reports every 10 s; one that is silent for this long has crashed. */
const VISIBLE_TIMEOUT_MS = 25_000;
/** Browsers run a hidden tab's timers once a minute; one that is silent for this long is suspended or has crashed. */
const TAB_TIMEOUT_MS = 180_000;

/** The browser's other tabs, as known from their messages. */
export class OtherTabs {
  private readonly tabs = new Map<string, TabState & { lastSeenAt: number }>();

  /** @returns the channels that this tab was not subscribed to before */
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
