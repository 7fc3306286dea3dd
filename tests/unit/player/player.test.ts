import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Player } from "@/app/_features/player/player";
import { privateTrack, track } from "./tracks";

/** The player with an audio element that does what the HTML standard says, as far as the player relies on it. */
class FakeAudio extends EventTarget {
  preload = "none";
  paused = true;
  ended = false;
  seeking = false;
  readyState = 4;
  duration = 100;
  currentTime = 0;
  volume = 1;
  muted = false;
  error: { code: number } | null = null;
  /** The addresses that it was asked to load. */
  readonly loads: string[] = [];

  set src(url: string) {
    this.loads.push(url);
    this.paused = true;
    this.error = null;
    this.currentTime = 0;
  }
  canPlayType(type: string): string {
    return type.includes("unknown") ? "" : "probably";
  }
  play(): Promise<void> {
    this.paused = false;
    this.ended = false;
    this.emit("playing");
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
    this.emit("pause");
  }
  /** Plays on to a position. */
  reach(seconds: number): void {
    this.currentTime = seconds;
    this.emit("timeupdate");
  }
  finish(): void {
    this.ended = true;
    this.paused = true;
    this.emit("ended");
  }
  fail(code: number): void {
    this.error = { code };
    this.emit("error");
  }
  emit(type: string): void {
    this.dispatchEvent(new Event(type));
  }
}

let storage: Map<string, string>;
const detachers: (() => void)[] = [];

beforeEach(() => {
  storage = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
  });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("MediaError", { MEDIA_ERR_ABORTED: 1, MEDIA_ERR_NETWORK: 2 });
  vi.stubGlobal("HTMLMediaElement", { HAVE_METADATA: 1 });
});
afterEach(() => {
  for (const detach of detachers.splice(0)) detach();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The player of a new page, in the same browser. */
async function openPage(viewerId: string | null = "mira"): Promise<{ player: Player; audio: FakeAudio }> {
  const { Player: PlayerClass } = await import("@/app/_features/player/player");
  const player = new PlayerClass();
  const audio = new FakeAudio();
  detachers.push(player.attach(audio as unknown as HTMLAudioElement, viewerId));
  return { player, audio };
}

const [a, b, c] = [track("a"), track("b"), track("c")];
const playing = (player: Player) => {
  const { queue, status } = player.getState();
  return `${queue.tracks[queue.index]?.title ?? "nothing"} ${status}`;
};

it("plays a track and those after it, as far as the kind of repetition says", async () => {
  const { player, audio } = await openPage();
  player.play(a, [b]);
  expect([playing(player), audio.loads]).toEqual(["a playing", ["https://store.test/a.opus"]]);
  audio.finish();
  expect(playing(player)).toBe("b playing");
  audio.finish();
  expect([playing(player), player.getState().positionSeconds]).toEqual(["b paused", 0]);
  player.nextRepeat();
  player.resume();
  audio.finish();
  expect(playing(player)).toBe("a playing");
  player.nextRepeat();
  audio.finish();
  expect([playing(player), audio.paused]).toEqual(["a playing", false]);
});

it("goes back to the beginning of a track first, and stays paused where it was paused", async () => {
  const { player, audio } = await openPage();
  player.play(a, [b, c]);
  player.next();
  audio.reach(10);
  player.previous();
  expect([playing(player), audio.currentTime]).toEqual(["b playing", 0]);
  player.previous();
  expect(playing(player)).toBe("a playing");
  player.pause();
  player.next();
  expect([playing(player), audio.paused]).toEqual(["b paused", true]);
});

it("goes on with the next track when the current one is removed, and ends with the last", async () => {
  const { player, audio } = await openPage();
  player.play(a, [b]);
  player.remove(a.key);
  expect(playing(player)).toBe("b playing");
  player.remove(b.key);
  expect([playing(player), audio.paused]).toEqual(["nothing paused", true]);
});

it("restores queue, position and settings on the next page, paused and without loading anything", async () => {
  const first = await openPage();
  first.player.play(a, [b, c]);
  first.player.next();
  first.player.nextRepeat();
  first.player.setVolume(0.4);
  first.audio.reach(42.5);
  window.dispatchEvent(new Event("pagehide"));
  const { player, audio } = await openPage();
  expect(player.getState()).toMatchObject({
    queue: { tracks: [a, b, c], index: 1 },
    status: "paused",
    positionSeconds: 42.5,
    repeat: "all",
    volume: 0.4,
  });
  expect([audio.loads, audio.volume]).toEqual([[], 0.4]);
  player.resume();
  expect([audio.loads, audio.currentTime]).toEqual([["https://store.test/b.opus"], 42.5]);
});

it("restores no sound of a chat for another viewer, and drops it when the session ends", async () => {
  const first = await openPage("mira");
  first.player.play(a, [privateTrack("secret"), b]);
  first.player.next();
  first.audio.reach(7);
  first.player.pause();
  expect((await openPage("mira")).player.getState().queue.index).toBe(1);
  const stranger = await openPage(null);
  expect(stranger.player.getState()).toMatchObject({
    queue: { tracks: [a, b], index: 1 },
    positionSeconds: 0,
  });
  first.player.setViewer(null);
  expect(first.player.getState().queue.tracks).toEqual([a, b]);
  expect([...storage.values()].join("")).not.toContain("secret");
});

it("ignores what it did not save itself", async () => {
  const { parseSavedPlayer } = await import("@/app/_features/player/saved-player");
  const saved = (queue: unknown, version = 1) =>
    JSON.stringify({ version, viewerId: null, queue, volume: 7 });
  const script = track("x", { href: "javascript:alert(1)" });
  const queues = [
    null,
    { tracks: [{}], index: 0 },
    { tracks: [a], index: 3 },
    { tracks: [script], index: 0 },
  ];
  for (const queue of queues) expect(parseSavedPlayer(saved(queue), null)).toBeNull();
  for (const text of [null, "", "{", "[]", saved({ tracks: [a], index: 0 }, 2)])
    expect(parseSavedPlayer(text, null)).toBeNull();
  expect(parseSavedPlayer(saved({ tracks: [a], index: 0 }), null)).toMatchObject({
    volume: 1,
    positionSeconds: 0,
  });
});

it("pauses when another tab begins to play, and does not overwrite what that tab saves", async () => {
  const [first, second] = [await openPage(), await openPage()];
  first.player.play(a);
  second.player.play(b);
  await vi.waitFor(() => expect(playing(first.player)).toBe("a paused"));
  expect([first.player.getState().problem, playing(second.player)]).toEqual(["otherTab", "b playing"]);
  second.audio.reach(12);
  second.player.pause();
  window.dispatchEvent(new Event("pagehide"));
  expect(JSON.parse(storage.get("normaldance:player") ?? "")).toMatchObject({ positionSeconds: 12 });
});

it("changes the settings in a tab that waits, and follows what another one plays", async () => {
  const [first, second] = [await openPage(), await openPage()];
  first.player.play(a, [b]);
  first.audio.reach(20);
  first.player.pause();
  second.player.setVolume(0.3);
  const saved = () => JSON.parse(storage.get("normaldance:player") ?? "");
  expect(saved()).toMatchObject({ volume: 0.3, positionSeconds: 20, queue: { tracks: [a, b] } });
  window.dispatchEvent(Object.assign(new Event("storage"), { key: "normaldance:player" }));
  expect([second.player.getState().positionSeconds, playing(second.player)]).toEqual([20, "a paused"]);
  // The first tab has the queue: it does not follow.
  first.player.seek(50);
  expect([first.player.getState().volume, saved().positionSeconds]).toEqual([1, 50]);
});

it("reports one play of a listen that goes on in another hour, and another one of its repetition", async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: Date.parse("2026-03-01T12:59:00Z") });
  const reports: string[] = [];
  let status = 503;
  vi.stubGlobal("fetch", async (url: string) => {
    reports.push(url);
    return Response.json(status === 200 ? { playsCount: reports.length } : {}, { status });
  });
  const { player, audio } = await openPage();
  const listen = async (to: number) => {
    for (let at = Math.floor(audio.currentTime); at <= to; at += 1) {
      vi.advanceTimersByTime(1_000);
      audio.reach(at);
      await new Promise(setImmediate);
    }
  };
  audio.duration = 200;
  player.play({ ...a, durationSeconds: 200 });
  player.nextRepeat();
  await listen(40);
  expect(reports).toEqual(["/api/posts/a/play"]);
  status = 200;
  await listen(199);
  expect(reports).toHaveLength(2);
  for (let round = 0; round < 2; round++) {
    audio.finish();
    await listen(199);
    expect(reports).toHaveLength(3);
  }
});

it("keeps its position when the connection is lost, and goes on when it is back", async () => {
  const { player, audio } = await openPage();
  player.play(a);
  audio.reach(33);
  audio.fail(2);
  expect(player.getState()).toMatchObject({ status: "loading", problem: "network", positionSeconds: 33 });
  window.dispatchEvent(new Event("online"));
  expect([playing(player), audio.currentTime, player.getState().problem]).toEqual(["a playing", 33, null]);
  // After a pause it does not go on by itself.
  audio.fail(2);
  player.pause();
  window.dispatchEvent(new Event("online"));
  expect(playing(player)).toBe("a paused");
});

it("takes the next format where the browser does not know one, and says so when it knows none", async () => {
  const { player, audio } = await openPage();
  const formats = (...types: string[]) =>
    track("f", { sources: types.map((type) => ({ url: `https://store.test/${type}`, type })) });
  player.play(formats("unknown/one", "audio/two"));
  expect(audio.loads).toEqual(["https://store.test/audio/two"]);
  player.clear();
  player.play(formats("unknown/one"));
  expect(player.getState()).toMatchObject({ status: "paused", problem: "unplayable" });
});

it("follows a pause from outside, such as unplugged headphones", async () => {
  const { player, audio } = await openPage();
  player.play(a);
  audio.pause();
  expect(playing(player)).toBe("a paused");
});
