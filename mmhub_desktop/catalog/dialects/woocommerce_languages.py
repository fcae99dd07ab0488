"""What WooCommerce calls the columns of its export in Polish and Portuguese."""

from mmhub_desktop.catalog.plan import IGNORE

MARKS = (
    "wyrozniony produkt", "widocznosc w katalogu", "krotki opis", "element nadrzedny", "nazwa atrybutu 1",
    "wartosci atrybutu 1", "status podatku", "sprzedawany pojedynczo",
    "em destaque", "visibilidade no catalogo", "descricao curta", "ascendente", "nome do atributo 1",
    "valores do atributo 1", "status do imposto", "vendido individualmente",
)  # fmt: skip
COLUMNS = {
    "nazwa": "title", "opublikowano": ".published", "krotki opis": ".short", "opis": "description",
    "w magazynie": ".in stock", "stan magazynowy": "quantity", "magazyn": "quantity", "waga": "weight",
    "dlugosc": "length", "szerokosc": "width", "wysokosc": "height", "cena promocyjna": "attribute:Sale price",
    "cena": "price", "kategorie": "category", "tagi": "keywords", "obrazki": "images", "element nadrzedny": ".parent",
    "nadrzedny": ".parent", "pozycja": ".position", "marki": "brand",
    "nome": "title", "descricao curta": ".short", "descricao": "description", "em estoque": ".in stock",
    "estoque": "quantity", "comprimento": "length", "largura": "width", "preco promocional": "attribute:Sale price",
    "preco": "price", "imagens": "images", "ascendente": ".parent", "posicao": ".position",
    **dict.fromkeys(
        ("wyrozniony produkt", "widocznosc w katalogu", "data rozpoczecia promocji", "data zakonczenia promocji",
         "status podatku", "klasa podatkowa", "niski stan magazynowy", "sprzedawany pojedynczo",
         "pozwalac na zamowienia oczekujace", "wlacz opinie klientow", "notatka do zakupu", "klasa wysylkowa",
         "limit pobran", "waznosc pobierania", "produkty grupowe", "produkty up sell", "produkty cross sell",
         "zewnetrzny adres url", "tekst przycisku",
         "em destaque", "visibilidade no catalogo", "data de preco promocional comeca em",
         "data de preco promocional termina em", "status do imposto", "classe de imposto",
         "quantidade baixa de estoque", "sao permitidas encomendas", "vendido individualmente",
         "permitir avaliacoes de clientes", "nota de compra", "nota da compra", "classe de entrega",
         "limite de downloads", "dias para expirar o download", "grupo de produtos", "aumenta vendas",
         "venda cruzada", "url externa", "texto do botao"),
        IGNORE,
    ),
}  # fmt: skip
PATTERNS = (
    (r"Nazwa atrybutu (\d+)", r".name \1"),
    (r"Wartości atrybutu (\d+)", r".value \1"),
    (r"Nome do atributo (\d+)", r".name \1"),
    (r"Valor(?:es|\(es\)) do atributo (\d+)", r".value \1"),
    (r"Atrybut \d+.*|.* atrybutu \d+|.* do atributo \d+|Atributo (?:global|padrão) \d+", IGNORE),
    (r"(?:Pola|Metadados?): _.*", IGNORE),
    (r"(?:Pola|Metadados?): (.+)", r"attribute:\1"),
)
