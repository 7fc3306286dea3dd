import "server-only";
import { cache } from "react";
import { getViewer } from "@/app/_shell/viewer";
import { getChat } from "@/lib/chat";
import { AppError } from "@/lib/core/errors";
import type { ChatDetail } from "@/lib/schemas/chat";
import { idSchema } from "@/lib/schemas/id";

/** Reads once per request, shared by the page and its metadata. Null when the viewer may not see the chat. */
export const readChat = cache(async (id: string): Promise<ChatDetail | null> => {
  const viewer = await getViewer();
  const parsed = idSchema.safeParse(id);
  if (!viewer || !parsed.success) return null;
  try {
    return await getChat({ userId: viewer.id }, parsed.data);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
});
