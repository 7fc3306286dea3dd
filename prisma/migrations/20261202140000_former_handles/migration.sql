-- Handles that accounts had before: their pages lead to the present one, and no other account takes them.
CREATE TABLE "FormerHandle" (
  "handle" TEXT NOT NULL,
  "userId" UUID NOT NULL,
  "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "FormerHandle_pkey" PRIMARY KEY ("handle"),
  CONSTRAINT "FormerHandle_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "FormerHandle_userId_changedAt_idx" ON "FormerHandle" ("userId", "changedAt");

-- As before, and not one that an account had before.
CREATE OR REPLACE FUNCTION free_handle(input text) RETURNS text LANGUAGE plpgsql VOLATILE STRICT AS $$
DECLARE
  base text := handle_of_name(input);
  candidate text := base;
  digits integer := 4;
BEGIN
  WHILE length(candidate) < 3 OR is_reserved_handle(candidate)
    OR EXISTS (SELECT FROM "User" WHERE "handle" = candidate)
    OR EXISTS (SELECT FROM "FormerHandle" WHERE "handle" = candidate)
  LOOP
    candidate := base || '-' || lpad(floor(random() * 10 ^ digits)::bigint::text, digits, '0');
    digits := least(digits + 1, 12);
  END LOOP;
  RETURN candidate;
END $$;
