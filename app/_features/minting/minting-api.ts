import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import type { MintView, mintChallengeSchema, newMintSchema } from "@/lib/schemas/mint";

export function fetchMint(postId: string, signal: AbortSignal) {
  return callApi<{ mint: MintView | null }>(`/api/posts/${postId}/mint`, { signal });
}

/** The message that proves an address. */
export function fetchChallenge(postId: string, address: string) {
  const query = new URLSearchParams({ address }).toString();
  return callApi<z.infer<typeof mintChallengeSchema>>(`/api/posts/${postId}/mint/challenge?${query}`);
}

/** Begins a mint. Safe to repeat: the same message is the same mint. */
export function sendMint(postId: string, body: z.input<typeof newMintSchema>) {
  return callApi<{ mint: MintView }>(`/api/posts/${postId}/mint`, { method: "POST", body });
}
