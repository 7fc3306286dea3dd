import "server-only";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { ClientMessages } from "@/app/i18n/client-messages";
import { getCoverProblem } from "@/lib/media";
import type { Cover } from "@/lib/schemas/track";
import { CoverProblem } from "./cover-problem";

interface Props {
  /** Of the post or the product, which is the viewer's own. */
  cover: Cover | null;
  ownerId: string;
  of: Parameters<typeof getCoverProblem>[1];
}

/** Why there is no cover although one was uploaded. Left out when it cannot be read: the page is about something else. */
export async function OwnCoverProblem({ cover, ownerId, of }: Props) {
  if (cover === null || cover.sources.length > 0) return null;
  const problem = await readForPage(getCoverProblem(ownerId, of)).catch(toNullWhenUnavailable);
  if (problem === null) return null;
  return (
    <ClientMessages namespaces={["uploads"]}>
      <CoverProblem problem={problem} />
    </ClientMessages>
  );
}
