export {
  type Channel,
  type ChannelKind,
  type ChatMessageView,
  channelKinds,
  chatMessageSchema,
  type EventData,
  type EventName,
  isPublic,
  type ParsedChannel,
  parseChannel,
  presenceStateSchema,
} from "./catalogue";
export { emit, emitVolatile } from "./emit";
export { MOST_CHANNELS, openStream, STREAM_HEADERS, streamStats } from "./open-stream";
export { channelsAskedFor } from "./parse-subscriptions";
export { clearLogs, forgetChannels } from "./reset-channels";
export type { Rights } from "./stream";
export { wake } from "./wake-user-streams";
