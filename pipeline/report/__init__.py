"""The review pages: static HTML in which people check rows against the text they were read from."""
