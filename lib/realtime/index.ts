export { channelsAskedFor } from "./asked";
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
export { clearLogs, forgetChannels } from "./forget";
export type { Rights } from "./stream";
export { MOST_CHANNELS, openStream, STREAM_HEADERS, streamStats } from "./streams";
export { wake } from "./wake";
