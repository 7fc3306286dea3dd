/** What a tab wants to hear, and whether somebody looks at it. */
export interface TabState {
  channels: string[];
  visible: boolean;
}

/** A tab that is looked at says so every 10 s; one that crashed says nothing any more. */
const VISIBLE_MS = 25_000;
/** Browsers let the timers of a hidden tab run once a minute; after that long it sleeps, or has crashed. */
const KEPT_MS = 180_000;

/** The browser's other tabs, as far as they are heard of. */
export class OtherTabs {
  private readonly tabs = new Map<string, TabState & { heardAt: number }>();

  /** @returns the channels that it did not want before */
  hear(tab: string, { channels, visible }: TabState): string[] {
    const before = new Set(this.tabs.get(tab)?.channels);
    this.tabs.set(tab, { channels, visible, heardAt: Date.now() });
    return channels.filter((channel) => !before.has(channel));
  }

  drop(tab: string): void {
    this.tabs.delete(tab);
  }

  wanted(): string[] {
    for (const [tab, { heardAt }] of this.tabs) if (Date.now() - heardAt > KEPT_MS) this.tabs.delete(tab);
    return [...this.tabs.values()].flatMap(({ channels }) => channels);
  }

  isLookedAt(): boolean {
    return [...this.tabs.values()].some(
      ({ visible, heardAt }) => visible && Date.now() - heardAt <= VISIBLE_MS,
    );
  }
}
