import type { Clock } from "../qstash/clock";
import { tooManyRequests } from "./errors";
import { defaultRateLimits, type RateLimits } from "./options";

interface Bucket {
  tokens: number;
  /** Unix ms of the last refill. */
  at: number;
}

/** Chats whose buckets are full again are dropped when there are more than this. */
const MAX_BUCKETS = 10_000;

/** Token buckets per chat and per bot, in memory: a restart fills them. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  private limits: RateLimits;

  constructor(
    private readonly clock: Clock,
    limits: Partial<RateLimits> = {},
  ) {
    this.limits = { ...defaultRateLimits, ...limits };
  }

  get current(): RateLimits {
    return this.limits;
  }

  set(limits: Partial<RateLimits>): RateLimits {
    this.limits = { ...this.limits, ...limits };
    this.buckets.clear();
    return this.limits;
  }

  /**
   * Counts a message to a chat; a refused one counts for neither limit.
   * @param userId  null for a call that only the bot's limit bounds
   * @throws {BotApiError} 429 with the seconds until the message is taken
   */
  consume(botId: number, userId: number | null): void {
    if (!this.limits.enabled) return;
    const { chatPerSecond, chatBurst, botPerSecond } = this.limits;
    const bot = this.refill(`${botId}`, botPerSecond, botPerSecond);
    const chat = userId === null ? null : this.refill(`${botId}:${userId}`, chatPerSecond, chatBurst);
    const waitSeconds = Math.max(
      secondsUntilOne(bot, botPerSecond),
      chat ? secondsUntilOne(chat, chatPerSecond) : 0,
    );
    if (waitSeconds > 0) throw tooManyRequests(Math.max(1, Math.ceil(waitSeconds)));
    bot.tokens--;
    if (chat) chat.tokens--;
  }

  private refill(key: string, perSecond: number, burst: number): Bucket {
    const now = this.clock.now();
    const bucket = this.buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (!this.buckets.has(key) && this.buckets.size >= MAX_BUCKETS) this.buckets.clear();
    this.buckets.set(key, bucket);
    return bucket;
  }
}

/** 0 when a token is there. The tolerance is for fractions that do not add up to 1. */
const secondsUntilOne = ({ tokens }: Bucket, perSecond: number): number =>
  tokens >= 1 - 1e-9 ? 0 : (1 - tokens) / perSecond;
