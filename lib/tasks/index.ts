export { type PublishOptions, publish } from "./publish";
export { qstash } from "./qstash";
