-- The handle of a person's page, `/u/{handle}`: lower case, unique, made of the name. Inserts without one, those of the
-- version that runs during a deploy too, get one from a trigger. Three migrations, each a transaction of its own: this
-- one and the last lock accounts for moments, and the second, which fills the column, blocks no reads.

-- Words that no handle may be: they would look like the site's own, or like a page of it.
CREATE FUNCTION is_reserved_handle(input text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT input = ANY (ARRAY[
    'about', 'account', 'admin', 'administrator', 'anonymous', 'api', 'app', 'artist', 'artists', 'billing', 'bot',
    'chat', 'contact', 'deleted', 'docs', 'edit', 'everyone', 'help', 'here', 'info', 'legal', 'login', 'logout', 'me',
    'moderation', 'moderator', 'new', 'news', 'normaldance', 'normal-dance', 'null', 'official', 'owner', 'payments',
    'people', 'posts', 'press', 'privacy', 'root', 'search', 'security', 'settings', 'shop', 'sign-in', 'sign-up',
    'staff', 'support', 'system', 'team', 'terms', 'undefined', 'user', 'users', 'webmaster', 'www'])
$$;

-- A name in Latin letters, digits and hyphens, at most 30; 'user' where nothing is left of it. A name with an @ may be
-- an address, which must not become public.
CREATE FUNCTION handle_of_name(input text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  latin text := search_text(input);
  pair text[];
BEGIN
  IF latin LIKE '%@%' THEN RETURN 'user'; END IF;
  FOREACH pair SLICE 1 IN ARRAY ARRAY[
    ['щ', 'shch'], ['ж', 'zh'], ['х', 'kh'], ['ц', 'ts'], ['ч', 'ch'], ['ш', 'sh'], ['ю', 'yu'], ['я', 'ya'],
    ['є', 'ye'], ['ђ', 'dj'], ['љ', 'lj'], ['њ', 'nj'], ['џ', 'dz'], ['ѕ', 'dz'],
    ['æ', 'ae'], ['œ', 'oe'], ['þ', 'th'], ['ß', 'ss']]
  LOOP
    latin := replace(latin, pair[1], pair[2]);
  END LOOP;
  -- What has no counterpart in the second list is removed.
  latin := translate(latin, 'абвгдезиклмнопрстуфыэіјћґғқңүұһәөøłđъь''’', 'abvgdeziklmnoprstufyeijcggknuuhaoold');
  latin := rtrim(left(btrim(regexp_replace(latin, '[^a-z0-9]+', '-', 'g'), '-'), 30), '-');
  RETURN CASE WHEN latin = '' THEN 'user' ELSE latin END;
END $$;

-- A handle that no row has: the name's, or the name's with random digits, more of them after each that is taken.
-- Of two transactions at once one may find the other's taken only when it commits, and must try again.
CREATE FUNCTION free_handle(input text) RETURNS text LANGUAGE plpgsql VOLATILE STRICT AS $$
DECLARE
  base text := handle_of_name(input);
  candidate text := base;
  digits integer := 4;
BEGIN
  WHILE length(candidate) < 3 OR is_reserved_handle(candidate)
    OR EXISTS (SELECT FROM "User" WHERE "handle" = candidate)
  LOOP
    candidate := base || '-' || lpad(floor(random() * 10 ^ digits)::bigint::text, digits, '0');
    digits := least(digits + 1, 12);
  END LOOP;
  RETURN candidate;
END $$;

CREATE FUNCTION set_user_handle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."handle" := free_handle(NEW."name");
  RETURN NEW;
END $$;

-- Null for existing rows; the default is that of new ones.
ALTER TABLE "User" ADD COLUMN "handle" TEXT;
ALTER TABLE "User" ALTER COLUMN "handle" SET DEFAULT '';
CREATE UNIQUE INDEX "User_handle_key" ON "User" ("handle");
CREATE TRIGGER "User_handle" BEFORE INSERT ON "User"
  FOR EACH ROW WHEN (NEW."handle" = '') EXECUTE FUNCTION set_user_handle();
