import { newId } from "../ids";
import type { Answer, Call, Route } from "./router";

export const keyRoutes: Route[] = [
  { method: "GET", pattern: "/v2/keys", handle: getKeys },
  { method: "POST", pattern: "/v2/keys/rotate", handle: rotateKeys },
];

function getKeys({ api }: Call): Answer {
  const { keys } = api.store.state;
  return { body: { current: keys?.current, next: keys?.next } };
}

/** The next key becomes the current one, so a receiver that has both keys needs no change. */
function rotateKeys(call: Call): Answer {
  const { store } = call.api;
  const { keys } = store.state;
  if (keys) store.commit({ t: "keysSet", keys: { ...keys, current: keys.next, next: newId("sig") } });
  return getKeys(call);
}
