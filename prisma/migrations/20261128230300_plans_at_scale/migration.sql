-- Indexes for statements that would otherwise read a whole table once it has a million rows.
--
-- CREATE INDEX blocks writes to its table until it is done: seconds per million rows, for the trigram index on "User"
-- up to half a minute. Where that is too long, run each statement by hand before the deploy, with CONCURRENTLY after
-- INDEX: IF NOT EXISTS then skips it here.

-- A name or a search term as they are compared: without case, accents and other marks («ё» is «е»), in one Unicode
-- form, with single ordinary spaces, and without invisible characters. translate() is for databases whose LC_CTYPE is C,
-- where lower() knows ASCII only. The length is limited because a B-tree entry is.
-- PL/pgSQL, because Postgres would replace a call of an SQL function by its body and forget what it costs: the planner
-- would then rather read all names than the index.
CREATE FUNCTION search_text(input text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
  RETURN left(btrim(regexp_replace(
    translate(
      lower(regexp_replace(
        normalize(input, NFKD),
        '[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]', '', 'g')),
      'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐҒҚҢҮҰҺӘӨÆØŁĐÞŒ',
      'абвгдежзийклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґғқңүұһәөæøłđþœ'),
    '[\s\u0085\u2028\u2029]+', ' ', 'g')), 200);
END $$;

-- Trigrams find a part of a name or an address. Debian, Neon, Supabase and RDS let a database's owner create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX IF NOT EXISTS "User_search_trgm_idx" ON "User"
  USING gin (search_text("name") gin_trgm_ops, "email" gin_trgm_ops);
-- Names that begin with a term, and the order of the results.
CREATE INDEX IF NOT EXISTS "User_search_order_idx" ON "User" ((search_text("name") COLLATE "C"), "id");
-- The operators' list of people by role.
CREATE INDEX IF NOT EXISTS "User_role_id_idx" ON "User" ("role", "id");

-- The list of open chats: newest message first.
CREATE INDEX IF NOT EXISTS "Chat_open_order_idx" ON "Chat" ((coalesce("lastMessageAt", "createdAt")), "id") WHERE "open";
DROP INDEX IF EXISTS "Chat_open_lastMessageAt_idx";

-- Sweeps: tasks that are due, and tasks past their deadline. Few of all tasks are unfinished.
CREATE INDEX IF NOT EXISTS "Task_unfinished_dueAt_idx" ON "Task" ("dueAt")
  WHERE "state" IN ('pending', 'published', 'running');
CREATE INDEX IF NOT EXISTS "Task_unfinished_deadlineAt_idx" ON "Task" ("deadlineAt")
  WHERE "state" IN ('pending', 'published', 'running');
DROP INDEX IF EXISTS "Task_state_dueAt_idx";
-- The operators' page: counts, and the dead tasks.
CREATE INDEX IF NOT EXISTS "Task_queue_state_idx" ON "Task" ("queue", "state");
CREATE INDEX IF NOT EXISTS "Task_dead_idx" ON "Task" ("id") WHERE "state" = 'dead';

-- Retention (lib/core/retention.ts): rows by the time from which their period counts.
CREATE INDEX IF NOT EXISTS "Task_finishedAt_idx" ON "Task" ("finishedAt") WHERE "state" IN ('done', 'cancelled');
CREATE INDEX IF NOT EXISTS "AccountLink_expiresAt_idx" ON "AccountLink" ("expiresAt");
CREATE INDEX IF NOT EXISTS "PaymentEvent_receivedAt_idx" ON "PaymentEvent" ("receivedAt");
CREATE INDEX IF NOT EXISTS "Order_never_paid_idx" ON "Order" ("closedAt") WHERE "status" = 'failed' AND "paidAt" IS NULL;
