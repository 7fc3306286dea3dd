-- Search (docs/SEARCH.md): what is found has a narrow row of its own, written by triggers. The searched tables keep their
-- rows as they are, so this migration rewrites nothing and holds their locks only for a moment; the next one fills the
-- rows of what is there already.

-- A text as it is compared: without case and accents, «ё» is «е» and «й» stays itself, in one Unicode form (NFC), with
-- single spaces and without invisible characters. Unlike search_text() it keeps what stemming needs. translate() is for
-- databases whose LC_CTYPE is C, where lower() knows ASCII only.
CREATE FUNCTION search_fold(input text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
  RETURN btrim(regexp_replace(
    normalize(regexp_replace(
      replace(
        translate(
          lower(normalize(input, NFKD)),
          'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐҒҚҢҮҰҺӘӨÆØŁĐÞŒ',
          'абвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґғқңүұһәөæøłđþœ'),
        U&'\0438\0306', 'й'),
      '[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]', '', 'g'), NFC),
    '[\s\u0085\u2028\u2029]+', ' ', 'g'));
END $$;

-- The words and numbers of a text, separated by spaces: nothing is left that a parser or a query could read as an
-- operator, a host or a path. Apostrophes join («don't», «drum'n'bass»). Punctuation is listed, because under the C
-- locale Postgres takes all of it for letters.
CREATE FUNCTION search_words(input text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
  RETURN btrim(regexp_replace(
    regexp_replace(search_fold(input), '[''`\u00b4\u02bc\u2018\u2019]', '', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u02c2-\u02df\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\U0001f000-\U0001faff]+',
    ' ', 'g'));
END $$;

-- What a word of four letters or more shares with the words that one mistake turns it into: itself, and itself without
-- one letter. Two words have one of these in common if a letter was left out, added, exchanged for another, or swapped
-- with the next one. With `stemmed` an ending makes no difference. The tilde keeps these apart from words.
CREATE FUNCTION search_typos(word text, stemmed boolean) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
  base text := word;
  stem text;
BEGIN
  IF stemmed THEN
    stem := (ts_lexize(CASE WHEN word ~ '[а-я]' THEN 'russian_stem' ELSE 'english_stem' END::regdictionary, word))[1];
    IF length(stem) >= 4 THEN base := stem; END IF;
  END IF;
  IF length(base) NOT BETWEEN 4 AND 20 OR base ~ '^[0-9]+$' THEN RETURN '{}'; END IF;
  RETURN ARRAY(
    SELECT DISTINCT '~' || left(base, at - 1) || substr(base, at + 1) FROM generate_series(1, length(base)) at
    UNION SELECT '~' || base);
END $$;

-- The document of a search row, for texts in Russian, English, or both: the title with weight A, tags with B (none: null),
-- the text with C. Titles and tags also have their words unstemmed, which the beginning of a word is looked up in, and the
-- spellings of their first words.
CREATE FUNCTION search_document(title text, tags text, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
DECLARE
  heading text := search_words(title);
  labels text := search_words(coalesce(tags, ''));
BEGIN
  RETURN setweight(to_tsvector('pg_catalog.simple', heading), 'A')
    || setweight(to_tsvector('pg_catalog.russian', heading), 'A')
    || setweight(to_tsvector('pg_catalog.simple', labels), 'B')
    || setweight(to_tsvector('pg_catalog.russian', labels), 'B')
    || setweight(to_tsvector('pg_catalog.russian', search_words(body)), 'C')
    || array_to_tsvector(ARRAY(
      SELECT DISTINCT spelling
      FROM (SELECT DISTINCT word FROM unnest((string_to_array(heading || ' ' || labels, ' '))[1:16]) word) words,
        unnest(search_typos(word, true)) spelling));
END $$;

-- The same for a name, whose words have no endings to be ignored.
CREATE FUNCTION search_name(name text, handle text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
DECLARE
  heading text := search_words(name);
  labels text := search_words(handle);
BEGIN
  RETURN setweight(to_tsvector('pg_catalog.simple', heading), 'A')
    || setweight(to_tsvector('pg_catalog.simple', labels), 'B')
    || array_to_tsvector(ARRAY(
      SELECT DISTINCT spelling
      FROM (SELECT DISTINCT word FROM unnest((string_to_array(heading || ' ' || labels, ' '))[1:16]) word) words,
        unnest(search_typos(word, false)) spelling));
END $$;

-- What documents are matched with: every word, of which the last may go on if `prefixed`. Stop words do not count,
-- unless there are no others. Null for a text without words.
CREATE FUNCTION search_query(config regconfig, words text, prefixed boolean) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
  parts text[] := (string_to_array(words, ' '))[1:10];
  last text := parts[cardinality(parts)];
  others text := array_to_string(parts[1:cardinality(parts) - 1], ' ');
  beginning tsquery := plainto_tsquery(config, others);
  ending tsquery := plainto_tsquery(config, last);
BEGIN
  IF words = '' THEN RETURN NULL; END IF;
  IF numnode(ending) = 0 AND numnode(beginning) > 0 THEN RETURN beginning; END IF;
  IF numnode(ending) = 0 THEN
    beginning := plainto_tsquery('pg_catalog.simple', others);
    ending := plainto_tsquery('pg_catalog.simple', last);
  END IF;
  IF prefixed THEN ending := ending || to_tsquery('pg_catalog.simple', last || ':*'); END IF;
  RETURN beginning && ending;
END $$;

-- The same with mistakes allowed; null if no word is long enough. Shorter words do not count.
CREATE FUNCTION search_typo_query(words text, stemmed boolean) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
  word text;
  spellings text[];
  asked tsquery;
BEGIN
  FOREACH word IN ARRAY (string_to_array(words, ' '))[1:6] LOOP
    spellings := search_typos(word, stemmed);
    CONTINUE WHEN spellings = '{}';
    asked := coalesce(asked && array_to_string(spellings, ' | ')::tsquery, array_to_string(spellings, ' | ')::tsquery);
  END LOOP;
  RETURN asked;
END $$;

-- What everybody may find. No foreign keys: a row waits for no lock of what it describes, and the triggers remove it.
CREATE TABLE "PostSearch" ("id" UUID PRIMARY KEY, "words" TEXT NOT NULL, "document" tsvector NOT NULL);
CREATE TABLE "ProductSearch" ("id" UUID PRIMARY KEY, "words" TEXT NOT NULL, "document" tsvector NOT NULL);
CREATE TABLE "PersonSearch" ("id" UUID PRIMARY KEY, "words" TEXT NOT NULL, "document" tsvector NOT NULL);
CREATE INDEX "PostSearch_document_idx" ON "PostSearch" USING gin ("document");
CREATE INDEX "ProductSearch_document_idx" ON "ProductSearch" USING gin ("document");
CREATE INDEX "PersonSearch_document_idx" ON "PersonSearch" USING gin ("document");

-- The posts of a tag, newest first, and the tags that begin with a text. Bytes decide the order.
CREATE TABLE "PostTag" ("tag" TEXT COLLATE "C" NOT NULL, "postId" UUID NOT NULL, PRIMARY KEY ("tag", "postId"));
CREATE INDEX "PostTag_postId_idx" ON "PostTag" ("postId");

CREATE FUNCTION write_post_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "PostSearch" WHERE id = OLD.id;
    DELETE FROM "PostTag" WHERE "postId" = OLD.id;
  ELSIF NOT NEW."isListed" OR NEW."deletedAt" IS NOT NULL THEN
    DELETE FROM "PostSearch" WHERE id = NEW.id;
    DELETE FROM "PostTag" WHERE "postId" = NEW.id;
  ELSE
    INSERT INTO "PostSearch" (id, words, document)
    VALUES (NEW.id, search_words(NEW.title), search_document(NEW.title, array_to_string(NEW.tags, ' '), NEW.text))
    ON CONFLICT (id) DO UPDATE SET words = excluded.words, document = excluded.document;
    DELETE FROM "PostTag" WHERE "postId" = NEW.id;
    INSERT INTO "PostTag" (tag, "postId")
    SELECT DISTINCT search_fold(tag), NEW.id FROM unnest(NEW.tags) tag WHERE search_fold(tag) <> '';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION write_product_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "ProductSearch" WHERE id = OLD.id;
  ELSIF NEW."archivedAt" IS NOT NULL THEN
    DELETE FROM "ProductSearch" WHERE id = NEW.id;
  ELSE
    INSERT INTO "ProductSearch" (id, words, document)
    VALUES (NEW.id, search_words(NEW.title), search_document(NEW.title, '', NEW.description))
    ON CONFLICT (id) DO UPDATE SET words = excluded.words, document = excluded.document;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION write_person_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "PersonSearch" WHERE id = OLD.id;
  ELSIF NEW."deletedAt" IS NOT NULL OR NEW."blockedAt" IS NOT NULL THEN
    DELETE FROM "PersonSearch" WHERE id = NEW.id;
  ELSE
    INSERT INTO "PersonSearch" (id, words, document)
    VALUES (NEW.id, search_words(NEW.name), search_name(NEW.name, NEW.handle))
    ON CONFLICT (id) DO UPDATE SET words = excluded.words, document = excluded.document;
  END IF;
  RETURN NULL;
END $$;

-- Not for columns that change often, such as the counts of a post.
CREATE TRIGGER "Post_search" AFTER INSERT OR DELETE OR UPDATE OF "title", "text", "tags", "isListed", "deletedAt"
  ON "Post" FOR EACH ROW EXECUTE FUNCTION write_post_search();
CREATE TRIGGER "Product_search" AFTER INSERT OR DELETE OR UPDATE OF "title", "description", "archivedAt"
  ON "Product" FOR EACH ROW EXECUTE FUNCTION write_product_search();
CREATE TRIGGER "User_search" AFTER INSERT OR DELETE OR UPDATE OF "name", "handle", "deletedAt", "blockedAt"
  ON "User" FOR EACH ROW EXECUTE FUNCTION write_person_search();
