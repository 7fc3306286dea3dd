export { emit, emitVolatile } from "./emit";
export { MAX_CHANNELS, openStream, STREAM_HEADERS, streamStats } from "./open-stream";
export { isPublicKind, type ParsedChannel, parseChannel } from "./parse-channel";
export { parseSubscriptions } from "./parse-subscriptions";
export { clearLogs, resetChannels } from "./reset-channels";
export type { ChannelRights } from "./stream";
export { wakeUserStreams } from "./wake-user-streams";
