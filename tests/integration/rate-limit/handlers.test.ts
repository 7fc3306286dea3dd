import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { takeBotAllowance, withPasswordLimit } from "@/lib/rate-limit/handler-limits";
import { redis } from "@/lib/redis";
import { createTestBuckets, SimulatedLimiter } from "@/tests/support/factories/simulated-limiter";

let time = Date.now();
let restore = () => {};
beforeAll(() => {
  restore = setClock({ now: () => time });
});
beforeEach(() => {
  time += 3_600_000;
});
afterAll(() => restore());

describe("a Telegram bot", () => {
  const send = (botId: string, telegramId = newId()) =>
    takeBotAllowance(botId, telegramId).then(
      (taken) => (taken ? 200 : "ignored"),
      (error: unknown) => (error instanceof AppError ? error.status : 0),
    );

  it("accepts 10 messages a second from all senders together; another bot has its own limit", async () => {
    const [bot, other] = [newId(), newId()];
    const responses = await Promise.all(Array.from({ length: 25 }, () => send(bot)));
    expect(responses.filter((status) => status === 200)).toHaveLength(10);
    expect(responses.filter((status) => status === 429)).toHaveLength(15);
    expect(await send(other)).toBe(200);
    expect(await redis().exists(`webchat:throttle:telegram:bot-${bot}:/api/webhooks/telegram/:botId`)).toBe(
      1,
    );
    await expect(takeBotAllowance(bot, newId())).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterSeconds: 1,
    });
    time += 1_000;
    expect(await send(bot)).toBe(200);
  });

  it("ignores a person's 101st message of a minute, which does not count for the bot", async () => {
    const [bot, person] = [newId(), newId()];
    for (let second = 0; second < 10; second += 1) {
      for (let n = 0; n < 10; n += 1) expect(await send(bot, person)).toBe(200);
      // An eleventh: the bot's limit does not count for the person.
      expect(await send(bot, person)).toBe(second < 9 ? 429 : "ignored");
      time += 1_000;
    }
    for (let n = 0; n < 20; n += 1) expect(await send(bot, person)).toBe("ignored");
    for (let n = 0; n < 10; n += 1) expect(await send(bot)).toBe(200);
    expect(await send(bot)).toBe(429);
  });

  it("loses none of nine evenly spaced messages a second", async () => {
    const bot = newId();
    for (let n = 0; n < 45; n += 1) {
      expect(await send(bot)).toBe(200);
      time += 112;
    }
  });
});

describe("unused tokens", () => {
  it.each(["up", "down"] as const)("can be returned, once each, with Redis %s", async (behaviour) => {
    const here = new SimulatedLimiter();
    here.behaviour = behaviour;
    const claims = createTestBuckets({ limit: 3 }, { limit: 100 }, 60)("a");
    const taken = [];
    for (let n = 0; n < 3; n += 1) taken.push(await here.limiter.take(claims));
    expect((await here.limiter.take(claims)).allowed).toBe(false);
    await taken[0]?.returnTokens();
    await taken[0]?.returnTokens();
    expect((await here.limiter.take(claims)).allowed).toBe(true);
    expect((await here.limiter.take(claims)).allowed).toBe(false);
    // Decisions without Redis are replayed; the total is exact.
    here.behaviour = "up";
    time += 30_000;
    const other = new SimulatedLimiter();
    if (behaviour === "up") expect((await other.limiter.take(claims)).allowed).toBe(false);
  });

  it("are returned in Redis too, without a change of the window", async () => {
    const claims = createTestBuckets({ limit: 3 }, { limit: 100 }, 60)("a");
    const first = await new SimulatedLimiter().limiter.take(claims);
    await new SimulatedLimiter().limiter.take(claims);
    const key = claims[0]?.key ?? "";
    expect(await redis().get(key)).toBe(`${time}x2 `);
    await first.returnTokens();
    expect(await redis().get(key)).toBe(`${time}x1 `);
    expect(await redis().pttl(key)).toBeGreaterThan(0);
  });
});

it("an attempt that ended in an outage does not count as failed, one with a response does", async () => {
  const session = newId();
  const fail = (error: Error) => withPasswordLimit(session, () => Promise.reject(error));
  for (let n = 0; n < 15; n += 1) await expect(fail(new Error("no database"))).rejects.toThrow("no database");
  for (let n = 0; n < 10; n += 1)
    await expect(fail(new AppError("bad_request"))).rejects.toThrow("bad_request");
  await expect(fail(new AppError("bad_request"))).rejects.toThrow("rate_limited");
  await expect(withPasswordLimit(newId(), async () => "in")).resolves.toBe("in");
});
