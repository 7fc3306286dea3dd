import { ApiError } from "./errors";
import { canonicalName, type HeaderBag } from "./headers";

/** `Upstash-Workflow-…` itself, as an option of a callback, and forwarded by either. */
const WORKFLOW_HEADER = /^upstash-((failure-)?callback-)*(forward-upstash-)?workflow-/;

/**
 * 422, because the Workflow SDK takes a 400 for "the run was cancelled", a 404 for "the run is over" and a 412
 * for "done already", and goes on in silence.
 */
const WORKFLOW_REFUSED_STATUS = 422;

/**
 * Refuses what `@upstash/workflow` sends: its runs are kept by the server, and a message delivered without that
 * fails in the workflow's own route.
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
