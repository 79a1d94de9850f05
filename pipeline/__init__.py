"""From files to tables: read, clean, split, segment, extract, link, tables, publish."""
