import { cookies } from "next/headers";
import { accessCookieName, refreshCookieName, verifyAccessToken } from "../core/access-token";
import type { Role } from "../schemas/enums";
import { readRefreshToken } from "./refresh-token";

/** Whom the signed cookies name. The session may have ended since: decide what to show by it, never what to allow. */
export interface ClaimedUser {
  id: string;
  /** Null: the access token has expired, and the refresh token does not contain the role. */
  role: Role | null;
}

/** Who the cookies of a page's request say it is from, without asking a backend; null for an anonymous request. */
export async function claimedUser(): Promise<ClaimedUser | null> {
  const cookieStore = await cookies();
  const accessToken = cookieStore.get(accessCookieName())?.value;
  const access = accessToken === undefined ? null : await verifyAccessToken(accessToken);
  if (access) return { id: access.userId, role: access.role };
  const refresh = readRefreshToken(cookieStore.get(refreshCookieName())?.value ?? "");
  return refresh && { id: refresh.userId, role: null };
}
