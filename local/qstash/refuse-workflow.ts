import { ApiError } from "./errors";
import { canonicalName, type HeaderBag } from "./headers";

/** `Upstash-Workflow-…`, alone, as an option of a callback, or forwarded by either. */
const WORKFLOW_HEADER = /^upstash-((failure-)?callback-)*(forward-upstash-)?workflow-/;

/**
 * 422, because the Workflow SDK reads 400 as "run canceled", 404 as "run finished" and 412 as "already done", and
 * reports no error for them.
 */
const WORKFLOW_REFUSED_STATUS = 422;

/**
 * Refuses requests of `@upstash/workflow`: its runs need state in the server, and a message delivered without it
 * fails in the workflow's route.
 *
 * @throws {ApiError} 422 naming the header
 */
export function refuseWorkflow(headers: HeaderBag): void {
  for (const name of headers.keys()) {
    if (!WORKFLOW_HEADER.test(name)) continue;
    throw new ApiError(
      WORKFLOW_REFUSED_STATUS,
      `this QStash emulator does not support Upstash Workflow yet (header ${canonicalName(name)}): use Upstash's own QStash for workflows`,
    );
  }
}
