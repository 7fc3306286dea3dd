export {
  type Channel,
  type ChannelKind,
  type ChatMessageView,
  channelKinds,
  chatMessageSchema,
  type EventData,
  type EventName,
  isPublicKind,
  type ParsedChannel,
  parseChannel,
  presenceStateSchema,
} from "./catalogue";
export { emit, emitVolatile } from "./emit";
export { MAX_CHANNELS, openStream, parseSubscriptions, STREAM_HEADERS, streamStats } from "./open-stream";
export { clearLogs, resetChannels } from "./reset-channels";
export type { ChannelRights } from "./stream";
export { wakeUserStreams } from "./upstream";
