import "server-only";
import { cache } from "react";
import { readForPage } from "@/app/_shell/read-for-page";
import { listOpenChats } from "@/lib/chat";

const MAX_GROUPS = 8;

/** Groups to join. Read once per render: an empty list shows them on phones, and the page beside it on larger screens. */
export const getOpenGroups = cache(
  async (viewerId: string) =>
    (await readForPage(listOpenChats({ userId: viewerId }, { limit: MAX_GROUPS }))).items,
);
