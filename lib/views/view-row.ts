/** Views of a post in Postgres at some moment; `version` orders two such rows. */
export interface ViewRow {
  id: string;
  authorSeq: number;
  views: number;
  version: number;
  /** The last batch that is included in `views`. */
  batch: string | null;
}
