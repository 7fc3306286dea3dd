import { z } from "zod";
import { db, Prisma } from "../db";
import type { Span } from "./period";

/** A seller's row on a board, without the rank. */
export interface BoardRow {
  userId: string;
  /** Minor units of the board's currency: what buyers paid, less refunds. */
  amountMinor: number;
  /** How many orders. */
  sales: number;
}

/** Currency -> its board, highest sum first. */
export type Boards = ReadonlyMap<string, readonly BoardRow[]>;

/** Lower ranks are dropped: no page shows them, and a rebuild stays a few requests. */
const MAX_BOARD_SIZE = 10_000;

const rowsSchema = z.array(
  z.object({ currency: z.string(), userId: z.uuid(), amountMinor: z.number(), sales: z.number() }),
);

/** Computes the boards of a span from the sales. Equal sums are ordered as Redis orders them. */
export async function loadBoards(span: Span): Promise<Boards> {
  const rows = await db().$queryRaw`
SELECT currency, "userId", "amountMinor", sales FROM (
  SELECT sale.currency, seller.id::text AS "userId", sum(sale."amountMinor")::float8 AS "amountMinor",
    count(*)::float8 AS sales,
    row_number() OVER (PARTITION BY sale.currency ORDER BY sum(sale."amountMinor") DESC, seller.id DESC) AS seller_rank
  FROM "RankedSale" sale JOIN "User" seller ON seller.id = sale."sellerId" AND seller."deletedAt" IS NULL
  WHERE ${soldInSpanSql(span)}
  GROUP BY sale.currency, seller.id
) ranked
WHERE seller_rank <= ${MAX_BOARD_SIZE} ORDER BY currency, seller_rank`;
  const boards = new Map<string, BoardRow[]>();
  for (const { currency, ...row } of rowsSchema.parse(rows)) {
    const board = boards.get(currency);
    if (board) board.push(row);
    else boards.set(currency, [row]);
  }
  return boards;
}

export type SellerSum = Omit<BoardRow, "userId">;

const sumSchema = z.tuple([z.object({ amountMinor: z.number(), sales: z.number() })]);

/** A seller's sums in each span; zero when the account was deleted, or that was requested. One statement per span. */
export async function loadSums(
  sellerId: string,
  currency: string,
  spans: readonly Span[],
): Promise<(SellerSum & { span: Span })[]> {
  return Promise.all(
    spans.map(async (span) => {
      const rows = await db().$queryRaw`
SELECT coalesce(sum(sale."amountMinor"), 0)::float8 AS "amountMinor", count(*)::float8 AS sales
FROM "RankedSale" sale JOIN "User" seller ON seller.id = sale."sellerId" AND seller."deletedAt" IS NULL
WHERE sale."sellerId" = ${sellerId}::uuid AND sale.currency = ${currency} AND ${soldInSpanSql(span)}`;
      const [sum] = sumSchema.parse(rows);
      return { ...sum, span };
    }),
  );
}

function soldInSpanSql({ from, to }: Span): Prisma.Sql {
  return from && to ? Prisma.sql`sale."soldAt" >= ${from} AND sale."soldAt" < ${to}` : Prisma.sql`TRUE`;
}
