import { z } from "zod";
import { notFoundError } from "../errors";
import * as param from "../wire/params";
import type { ApiObject } from "./present";

/** Parameters of every list. */
export const pageFields = {
  limit: param.integer(1, 100).optional(),
  starting_after: param.text().optional(),
  ending_before: param.text().optional(),
};

const pageSchema = z.object(pageFields);
type Page = z.output<typeof pageSchema>;

const DEFAULT_LIMIT = 10;

/**
 * Returns one page, newest first. The cursor may be an object that the filter excludes: only its position counts.
 *
 * @param rows  oldest first
 * @throws {StripeApiError} 404 for an unknown cursor
 */
export function listPage<Row>(
  resource: string,
  url: string,
  rows: ReadonlyMap<string, Row>,
  filter: (row: Row) => boolean,
  present: (row: Row) => ApiObject,
  { limit = DEFAULT_LIMIT, starting_after, ending_before }: Page,
): ApiObject {
  const newest = [...rows].reverse();
  const cursorIndex = (id: string, name: string): number => {
    const index = newest.findIndex(([key]) => key === id);
    if (index === -1) throw notFoundError(resource, id, name);
    return index;
  };
  if (ending_before !== undefined) {
    const before = newest
      .slice(0, cursorIndex(ending_before, "ending_before"))
      .filter(([, row]) => filter(row));
    return toListResponse(url, before.slice(-limit), before.length > limit, present);
  }
  const from = starting_after === undefined ? 0 : cursorIndex(starting_after, "starting_after") + 1;
  const after = newest.slice(from).filter(([, row]) => filter(row));
  return toListResponse(url, after.slice(0, limit), after.length > limit, present);
}

function toListResponse<Row>(
  url: string,
  rows: readonly [string, Row][],
  hasMore: boolean,
  present: (row: Row) => ApiObject,
) {
  return { object: "list", data: rows.map(([, row]) => present(row)), has_more: hasMore, url };
}
