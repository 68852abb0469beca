DROP TABLE enterprise_grams;
DROP TABLE enterprise_words;
