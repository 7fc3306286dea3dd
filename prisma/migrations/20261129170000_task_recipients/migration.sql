-- Unfinished tasks by the account, address or link that their payload names: a deletion cancels those of an account. A
-- queue's payload has one of the four.
CREATE INDEX IF NOT EXISTS "Task_recipient_idx" ON "Task" ((coalesce(
    "payload" ->> 'userId', "payload" #>> '{to,userId}', "payload" #>> '{to,address}', "payload" #>> '{to,linkId}')))
  WHERE "state" IN ('pending', 'published', 'running', 'dead');
