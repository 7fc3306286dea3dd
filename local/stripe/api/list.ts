import { z } from "zod";
import { noSuch } from "../errors";
import * as param from "../wire/params";
import type { Wire } from "./present";

/** What every list takes. */
export const pageParams = {
  limit: param.integer(1, 100).optional(),
  starting_after: param.text().optional(),
  ending_before: param.text().optional(),
};

const pageSchema = z.object(pageParams);
type Page = z.output<typeof pageSchema>;

const DEFAULT_LIMIT = 10;

/**
 * One page, newest first. A cursor may be an object that the filter leaves out: it is a place in time.
 *
 * @param rows  oldest first, as they are kept
 * @throws {StripeApiError} 404 for a cursor that names nothing
 */
export function listPage<Row>(
  what: string,
  url: string,
  rows: ReadonlyMap<string, Row>,
  keep: (row: Row) => boolean,
  present: (row: Row) => Wire,
  { limit = DEFAULT_LIMIT, starting_after, ending_before }: Page,
): Wire {
  const newest = [...rows].reverse();
  const placeOf = (id: string, name: string): number => {
    const index = newest.findIndex(([key]) => key === id);
    if (index === -1) throw noSuch(what, id, name);
    return index;
  };
  if (ending_before !== undefined) {
    const before = newest.slice(0, placeOf(ending_before, "ending_before")).filter(([, row]) => keep(row));
    return page(url, before.slice(-limit), before.length > limit, present);
  }
  const from = starting_after === undefined ? 0 : placeOf(starting_after, "starting_after") + 1;
  const after = newest.slice(from).filter(([, row]) => keep(row));
  return page(url, after.slice(0, limit), after.length > limit, present);
}

function page<Row>(
  url: string,
  rows: readonly [string, Row][],
  hasMore: boolean,
  present: (row: Row) => Wire,
) {
  return { object: "list", data: rows.map(([, row]) => present(row)), has_more: hasMore, url };
}
