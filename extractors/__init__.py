"""One module a kind of row. An extractor takes a plan's context and returns mentions with spans into its text."""
