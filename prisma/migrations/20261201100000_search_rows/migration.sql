-- The search rows of what was there before their triggers. Reads the searched tables without a lock. An edit or a
-- deletion of such a row waits until this is done, so a database with millions of posts runs these statements before the
-- deploy, in parts (docs/SEARCH.md): rows that are there are skipped.
INSERT INTO "PostSearch" (id, words, document)
SELECT id, search_words(title), search_document(title, array_to_string(tags, ' '), text)
FROM "Post" WHERE "isListed" AND "deletedAt" IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO "PostTag" (tag, "postId")
SELECT DISTINCT search_fold(tag), id FROM "Post", unnest(tags) tag
WHERE "isListed" AND "deletedAt" IS NULL AND search_fold(tag) <> ''
ON CONFLICT DO NOTHING;
INSERT INTO "ProductSearch" (id, words, document)
SELECT id, search_words(title), search_document(title, '', description)
FROM "Product" WHERE "archivedAt" IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO "PersonSearch" (id, words, document)
SELECT id, search_words(name), search_name(name, handle)
FROM "User" WHERE "deletedAt" IS NULL AND "blockedAt" IS NULL
ON CONFLICT DO NOTHING;
