"""How fast Yaodian is, beside plain jieba on the same text."""
