-- Existing accounts get their handles in the order of their ids. Each row is locked until the end; reads go on.
DO $$
DECLARE
  account record;
BEGIN
  FOR account IN SELECT "id", "name", "deletedAt" FROM "User" WHERE "handle" IS NULL ORDER BY "id" LOOP
    UPDATE "User" SET "handle" =
      CASE WHEN account."deletedAt" IS NULL THEN free_handle(account."name") ELSE 'deleted:' || account."id" END
    WHERE "id" = account."id";
  END LOOP;
END $$;
-- The second form is that of an account that is being erased: no path is it. Validated in the next migration.
ALTER TABLE "User" ADD CONSTRAINT "User_handle_check" CHECK (
  ("handle" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("handle") BETWEEN 3 AND 43 AND NOT is_reserved_handle("handle"))
  OR "handle" = 'deleted:' || "id") NOT VALID;
