"""Tags: what is said of a customer in a word, defined in words, counted, aged and measured."""
