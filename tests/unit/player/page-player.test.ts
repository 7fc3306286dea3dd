import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { track } from "./tracks";

/** The page's player before and while its script loads. */

const SCRIPT = "@/app/_features/player/player";

class FakeAudio extends EventTarget {
  paused = true;
  volume = 1;
  muted = false;
  currentTime = 0;
  preload = "none";
  src = "";
  loads = 0;
  load(): void {
    this.loads += 1;
  }
  canPlayType(): string {
    return "probably";
  }
  play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event("playing"));
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
  }
}

let storage: Map<string, string>;

beforeEach(() => {
  vi.resetModules();
  storage = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
  });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      postMessage() {}
      close() {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

async function openPage() {
  const { pagePlayer } = await import("@/app/_features/player/page-player");
  const audio = new FakeAudio();
  const detach = pagePlayer.attach(audio as unknown as HTMLAudioElement, "mira");
  const shown = () => {
    const { queue, status } = pagePlayer.getState();
    return `${queue.tracks[queue.index]?.title ?? "nothing"} ${status}`;
  };
  return { pagePlayer, audio, detach, shown };
}

/** The script is compiled when it is first imported, which takes a moment. */
const waitUntilShown = (shown: () => string, text: string) =>
  vi.waitFor(() => expect(shown()).toBe(text), { timeout: 10_000 });

it("shows at once what is pressed first, and plays it when its script is there", async () => {
  const { pagePlayer, audio, shown } = await openPage();
  pagePlayer.play(track("a"), [track("b")]);
  expect([shown(), audio.loads, audio.src]).toEqual(["a loading", 1, ""]);
  await waitUntilShown(shown, "a playing");
  expect(audio.src).toBe("https://store.test/a.opus");
  pagePlayer.control((player) => player.next());
  expect(shown()).toBe("b playing");
});

it("does in order what is pressed while its script loads", async () => {
  const { pagePlayer, audio, shown } = await openPage();
  pagePlayer.play(track("a"));
  pagePlayer.play(track("b"));
  pagePlayer.control((player) => player.pause());
  await waitUntilShown(shown, "b paused");
  expect(audio.paused).toBe(true);
});

it("shows nothing when its script does not load, and loads it for the next press", async () => {
  const { pagePlayer, shown } = await openPage();
  vi.doMock(SCRIPT, () => {
    throw new Error("offline");
  });
  pagePlayer.play(track("a"));
  await waitUntilShown(shown, "nothing paused");
  vi.doUnmock(SCRIPT);
  vi.resetModules();
  pagePlayer.play(track("a"));
  await waitUntilShown(shown, "a playing");
});

it("restores by itself only a player that was left with a track", async () => {
  const first = await openPage();
  first.pagePlayer.play(track("a"));
  await waitUntilShown(first.shown, "a playing");
  first.detach();
  vi.resetModules();
  const second = await openPage();
  await waitUntilShown(second.shown, "a paused");
  second.pagePlayer.control((player) => player.clear());
  second.detach();
  vi.resetModules();
  const third = await openPage();
  const changes = vi.fn();
  third.pagePlayer.subscribe(changes);
  await vi.dynamicImportSettled();
  expect([third.shown(), changes.mock.calls.length]).toEqual(["nothing paused", 0]);
});
