import { callApi } from "@/app/_data/call-api";

export function blockPerson(handle: string) {
  return callApi(`/api/people/${handle}/block`, { method: "PUT", body: {} });
}

export function unblockPerson(handle: string) {
  return callApi(`/api/people/${handle}/block`, { method: "DELETE" });
}
