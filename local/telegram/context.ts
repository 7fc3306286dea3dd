import type { Clock } from "../qstash/clock";
import type { CallLog } from "./call-log";
import type { FaultSwitch } from "./faults";
import type { Feed } from "./feed";
import type { FileStore } from "./file-store";
import type { Limits } from "./options";
import type { RateLimiter } from "./rate-limiter";
import type { Store } from "./state/store";
import type { Polls } from "./updates/polls";
import type { UpdateLog } from "./updates/update-log";
import type { WebhookSender } from "./updates/webhook-sender";

/** The parts of the server that its handlers share. */
export interface TelegramContext {
  readonly store: Store;
  readonly files: FileStore;
  readonly feed: Feed;
  readonly calls: CallLog;
  readonly faults: FaultSwitch;
  readonly rates: RateLimiter;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Null accepts every well-formed token. */
  readonly tokens: ReadonlySet<string> | null;
  readonly updates: UpdateLog;
  readonly polls: Polls;
  readonly webhooks: WebhookSender;
}
