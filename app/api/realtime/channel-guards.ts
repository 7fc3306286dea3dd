import { filterMemberChatIds } from "@/lib/chat";
import { readHiddenPeople } from "@/lib/contacts";
import { AppError } from "@/lib/core/errors";
import { log } from "@/lib/core/log";
import type { SignedInCaller } from "@/lib/core/permission";
import { type ChannelRights, isPublicKind, parseChannel, type StreamedEvent } from "@/lib/realtime";
import type { Channel, ChannelKind } from "@/lib/schemas/channels";
import { filterReadableOrderIds } from "@/lib/shop";
import { filterReadableTaskIds } from "@/lib/tasks";

/** Which of the ids the caller may subscribe to, by kind of channel; each domain answers in one statement. */
const channelGuards: Record<
  ChannelKind,
  (caller: SignedInCaller, ids: string[]) => Promise<ReadonlySet<string>> | ReadonlySet<string>
> = {
  user: ({ userId }) => new Set([userId]),
  chat: ({ userId }, ids) => filterMemberChatIds(userId, ids),
  order: filterReadableOrderIds,
  task: filterReadableTaskIds,
  // Open to every signed-in user.
  presence: (_, ids) => new Set(ids),
  views: (_, ids) => new Set(ids),
};

/**
 * Whether the caller may subscribe to each channel. A channel is missing from the result when its guard failed because
 * Postgres is unavailable; channels that need no Postgres are still decided.
 */
export async function authorizeChannels(
  caller: SignedInCaller,
  channels: readonly Channel[],
): Promise<ChannelRights> {
  const channelsByKind = new Map<ChannelKind, { name: Channel; id: string }[]>();
  for (const channel of channels) {
    const { name, kind, id } = parseChannel(channel);
    channelsByKind.set(kind, [...(channelsByKind.get(kind) ?? []), { name, id: id ?? "" }]);
  }
  const rights = new Map<Channel, boolean>();
  await Promise.all(
    [...channelsByKind].map(async ([kind, requested]) => {
      const ids = requested.map(({ id }) => id);
      try {
        const allowed = await channelGuards[kind](caller, ids);
        for (const { name, id } of requested) rights.set(name, allowed.has(id));
      } catch (error) {
        log().warn({ err: error, kind }, "channel authorization failed");
      }
    }),
  );
  return rights;
}

/**
 * Anonymous clients may subscribe to public channels only; any other channel, or no channel at all, requires sign-in.
 * @throws {AppError} unauthenticated
 */
export function requirePublicChannels(channels: Iterable<Channel>): void {
  const requested = [...channels];
  if (requested.length === 0 || !requested.every((channel) => isPublicKind(parseChannel(channel).kind)))
    throw new AppError("unauthenticated");
}

/** Events that show where a user is or what they do: people between whom there is a block do not get each other's. */
const PRESENCE_EVENTS: ReadonlySet<string> = new Set(["presence.changed", "chat.typing", "chat.read"]);

/**
 * The rights of a signed-in user's stream. They are asked for again when the user's blocks change, which this reads
 * with them; while it cannot, the presence of all stays undecided.
 */
export function createStreamRights(caller: SignedInCaller) {
  let hidden: ReadonlySet<string> = new Set();
  return {
    async authorizeChannels(channels: readonly Channel[]): Promise<ChannelRights> {
      const [rights, people] = await Promise.all([
        authorizeChannels(caller, channels),
        readHiddenPeople(caller.userId).catch((error: unknown) => {
          log().warn({ err: error }, "blocks not read: the stream goes on without presence");
          return null;
        }),
      ]);
      if (people) hidden = people;
      return people ? rights : new Map([...rights].filter(([channel]) => channel !== "presence"));
    },

    omits({ channel, event, data }: StreamedEvent): boolean {
      if (hidden.size === 0) return false;
      const { kind } = parseChannel(channel);
      if (!PRESENCE_EVENTS.has(`${kind}.${event}`)) return false;
      const userId = (data as { userId?: unknown } | null)?.userId;
      return typeof userId === "string" && hidden.has(userId);
    },
  };
}
