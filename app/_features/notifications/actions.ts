"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { markRead } from "@/lib/notifications";
import { idSchema } from "@/lib/schemas/id";
import { currentUser } from "@/lib/sessions";

/** Marks one notification (`id`) as read, or all up to the newest that was on the page (`before`). */
export async function markReadAction(form: FormData): Promise<void> {
  const viewer = await currentUser();
  if (!viewer) redirect("/sign-in?next=/notifications");
  const id = idSchema.safeParse(form.get("id"));
  const before = idSchema.safeParse(form.get("before"));
  if (!id.success && !before.success) return;
  await markRead({ userId: viewer.id }, id.success ? { ids: [id.data] } : { all: true, before: before.data });
  // The shell shows the unread count too.
  revalidatePath("/", "layout");
}
