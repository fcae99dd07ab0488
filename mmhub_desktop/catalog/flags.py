"""Words for yes and no in the cells of tables, also as spreadsheets of other languages write TRUE and FALSE."""

YES = frozenset(
    ("1", "yes", "true", "y", "si", "ja", "sim", "tak", "oui", "active", "activo", "aktiv", "on", "x",
     "wahr", "verdadero", "verdadeiro", "vrai", "vero", "prawda", "waar", "pravda", "igaz", "sand", "sant")
)  # fmt: skip
NO = frozenset(
    ("0", "no", "false", "n", "nein", "nao", "nie", "non", "inactive", "inactivo", "inaktiv", "off",
     "falsch", "falso", "faux", "fałsz", "falsz", "onwaar", "nepravda", "hamis", "falsk", "falskt")
)  # fmt: skip
