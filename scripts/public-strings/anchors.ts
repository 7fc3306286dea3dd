import type { z } from "zod";
import type { callApi } from "../../app/_data/call-api";
import type { track } from "../../app/_data/track";
import type { AuditRecord } from "../../lib/audit";
import type { CacheManager } from "../../lib/cache";
import type { getCookie } from "../../lib/core/access-token";
import type { Mail } from "../../lib/mail";
import type { LimitedCaller } from "../../lib/rate-limit/limited-caller";
import type { emit, emitVolatile } from "../../lib/realtime";
import type { publishUpstream } from "../../lib/realtime/emit";
import type { EventWriter } from "../../lib/realtime/event-writer";
import type { acquireLock, RedisService, withLock } from "../../lib/redis";
import type { TypedNotification } from "../../lib/schemas/notification-kinds";
import type { backgroundTaskService, EnqueueOptions, enqueue, publish } from "../../lib/tasks";
import type { NewAlert } from "../../lib/tasks/alerts";
import type { messageSchema } from "../../lib/tasks/publish";

/**
 * Functions, methods and fields that public strings pass through. The extraction finds their uses by symbol, not by
 * name: a rename that also renames them here, as an editor's does, changes nothing. The names on the left belong to
 * this tool. Nothing here runs. Paths are relative, so that ts-morph follows a moved file.
 */

export interface Functions {
  "analytics event": typeof track;
  "call of the API": typeof callApi;
  cookie: typeof getCookie;
  event: typeof emit;
  "event that is not kept": typeof emitVolatile;
  lock: typeof acquireLock;
  "lock around work": typeof withLock;
  task: typeof enqueue;
  work: typeof publish;
}

export const members = {
  "server-sent event": (writer: EventWriter) => writer.writeEvent,
  "counted event": (service: typeof backgroundTaskService) => service.trackEvent,
  "redis value": (service: RedisService) => service.set,
  "cached value": (cache: CacheManager<never>) => cache.getOrSet,
  "tags of what is cached": (options: CacheOptions) => options.tags,
  "invalidated tag": (cache: CacheManager<never>) => cache.invalidateTag,
  "invalidated tags": (cache: CacheManager<never>) => cache.withInvalidation,
  "tags invalidated after a commit": (cache: CacheManager<never>) => cache.invalidateAfterCommit,
  "task key": (options: EnqueueOptions) => options.key,
  "task subject": (options: EnqueueOptions) => options.subject,
  "audit subject": (record: AuditRecord) => record.subject,
  "audit data": (record: AuditRecord) => record.data,
  "alert kind": (alert: NewAlert) => alert.kind,
  "limited caller": (caller: LimitedCaller) => caller.callerId,
  "body of a call": (options: CallOptions) => options.body,
  "method of a call": (options: CallOptions) => options.method,
};

type CallOptions = NonNullable<Parameters<typeof callApi>[1]>;
type CacheOptions = NonNullable<Parameters<CacheManager<never>["getOrSet"]>[3]>;

/** Types of what is sent or stored unchanged. */
export interface Shapes {
  "message between instances": Parameters<typeof publishUpstream>[0];
  notification: TypedNotification;
  "message of QStash": z.input<typeof messageSchema>;
  "template of a mail": Mail["template"];
  "props of a mail": Mail["props"];
}
