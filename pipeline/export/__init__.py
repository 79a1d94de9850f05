"""What leaves the tables for people and other programs: workbooks, CSV, spaCy documents, annotation projects."""
