DROP TABLE platforms;
