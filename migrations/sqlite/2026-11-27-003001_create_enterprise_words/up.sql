-- By what an enterprise is found. words: its name and those it had, a line each, as names are compared. number: in the order
-- in which they came. Filled for those that are there already by the program that runs this.
CREATE TABLE enterprise_words (
    number        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    enterprise_id TEXT NOT NULL UNIQUE REFERENCES enterprises (id),
    words         TEXT NOT NULL
) STRICT;

-- Any two neighbouring characters of a name, each once an enterprise.
CREATE TABLE enterprise_grams (
    gram   TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES enterprise_words (number),
    PRIMARY KEY (gram, number)
) STRICT, WITHOUT ROWID;

INSERT INTO enterprise_words (enterprise_id, words) SELECT id, '' FROM enterprises ORDER BY created_at, id;

CREATE INDEX enterprise_words_unfilled ON enterprise_words (number) WHERE words = '';
