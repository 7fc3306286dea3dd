export { type PublishOptions, publish } from "./publish";
export { QstashTimeoutError, qstash, queueUrl, withLimit } from "./qstash";
