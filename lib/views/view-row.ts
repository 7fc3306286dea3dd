/** What Postgres says of a post's views, as of some moment; `version` orders such statements. */
export interface ViewRow {
  id: string;
  authorSeq: number;
  views: number;
  version: number;
  /** The last synced batch that is in `views`. */
  batch: string | null;
}
