"""Words and patterns as data: the one loader, and the checker that proves each pattern against its examples."""

from lexicons.loader import LexiconError, Pattern, Word, automaton, fragment, lexicon_files, patterns, rule, words

__all__ = ["LexiconError", "Pattern", "Word", "automaton", "fragment", "lexicon_files", "patterns", "rule", "words"]
