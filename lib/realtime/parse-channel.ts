import { AppError } from "../core/errors";
import { type Channel, type ChannelKind, channelKinds } from "../schemas/channels";
import { idSchema } from "../schemas/id";

export interface ParsedChannel {
  name: Channel;
  kind: ChannelKind;
  /** Null for a kind that is a single channel. */
  id: string | null;
}

/** Whether anonymous users may subscribe too. */
export const isPublicKind = (kind: ChannelKind): boolean => "isPublic" in channelKinds[kind];

/** @throws {AppError} bad_request for an unknown channel */
export function parseChannel(name: string): ParsedChannel {
  const [kind = "", ...rest] = name.split(":");
  if (Object.hasOwn(channelKinds, kind)) {
    const knownKind = kind as ChannelKind;
    const parsed = idSchema.safeParse(rest.join(":"));
    if (!channelKinds[knownKind].hasId && rest.length === 0)
      return { name: knownKind as Channel, kind: knownKind, id: null };
    if (channelKinds[knownKind].hasId && parsed.success)
      return { name: `${knownKind}:${parsed.data}` as Channel, kind: knownKind, id: parsed.data };
  }
  throw new AppError("bad_request", {
    details: [{ path: "channel", message: `no channel: ${name.slice(0, 60)}` }],
  });
}
