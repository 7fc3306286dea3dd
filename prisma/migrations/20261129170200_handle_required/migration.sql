-- Validation reads all rows and blocks no reads or writes.
ALTER TABLE "User" VALIDATE CONSTRAINT "User_handle_check";
ALTER TABLE "User" ALTER COLUMN "handle" SET NOT NULL;
