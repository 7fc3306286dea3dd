import { signAccessToken } from "@/lib/core/access-token";
import { middleware } from "@/middleware";

/**
 * An instance of the gate: sends a user's requests (argument 1) until this many were rejected (argument 2), and reports
 * how many passed.
 */
const [userId = "", refusals = "20"] = process.argv.slice(2);
const token = await signAccessToken({ userId, sessionId: userId, seq: 1, role: "listener", name: "x" }, 600);
let passed = 0;
let degraded = 0;
for (let refused = 0; refused < Number(refusals); ) {
  const responses = await Promise.all(
    ["/", "/api/posts", "/api/me"].map((path) =>
      middleware(new Request(`http://localhost${path}`, { headers: { authorization: `Bearer ${token}` } })),
    ),
  );
  for (const { status, headers } of responses) {
    if (status === 429) refused += 1;
    else passed += 1;
    if (headers.has("ratelimit-degraded")) degraded += 1;
  }
}
process.send?.({ passed, degraded });
process.disconnect();
